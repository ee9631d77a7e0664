import { Ghost, SquarePen, Upload } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { IconButton } from '../../../ui/button'
import { SearchInput } from '../../../ui/text-input'
import { Select } from '../../../ui/select'
import { Switch } from '../../../ui/switch'
import { useChat } from '../context'
import { importConversation, newConversation } from '../conversation-actions'
import { Conversations } from './conversations'
import styles from './list-column.module.css'

/** Conversations by day, with what finds them above and what brings them in below. */
export function ListColumn() {
  const feature = useChat()
  const search = useStore(feature.list.store, (state) => state.search)
  const field = useRef<HTMLInputElement>(null)
  const turn = useStore(feature.view, (state) => state.searchTurn)
  useEffect(() => {
    if (turn > 0) field.current?.select()
  }, [turn])
  return (
    <div className={styles.column}>
      <div className={styles.head}>
        <SearchInput
          label="Search conversations"
          placeholder="Search chats"
          value={search}
          inputRef={field}
          onChange={(words) => feature.list.search(words)}
          onEscape={() => feature.composer.focus()}
        />
        <IconButton
          label="New conversation"
          keys="$mod+Shift+o"
          variant="default"
          size="md"
          onPress={() => newConversation(feature)}
        >
          <SquarePen size={14} strokeWidth={1.75} />
        </IconButton>
      </div>
      <Folders />
      <Conversations />
      <Foot />
    </div>
  )
}

const everything = '*'
const unfiled = '-'

/** Which folder is shown; away while there is none. */
function Folders() {
  const { list } = useChat()
  const folders = useStore(list.store, (state) => state.folders)
  const folder = useStore(list.store, (state) => state.folder)
  if (folders.length === 0 && folder === undefined) return null
  const options = [
    { key: everything, label: 'All folders' },
    { key: unfiled, label: 'In no folder' },
    ...folders.map(({ name, conversations }) => ({ key: `/${name}`, label: name, tag: String(conversations) })),
  ]
  const value = folder === undefined ? everything : folder === null ? unfiled : `/${folder}`
  return (
    <div className={styles.folders}>
      <Select
        label="Folder"
        value={value}
        options={options}
        onChange={(key) => list.showFolder(key === everything ? undefined : key === unfiled ? null : key.slice(1))}
      />
    </div>
  )
}

function Foot() {
  const feature = useChat()
  const isTemporary = useStore(feature.view, (state) => state.isTemporary)
  const conversation = useStore(feature.open.store, (state) => state.detail?.conversation ?? null)
  const input = useRef<HTMLInputElement>(null)
  const isOn = conversation?.temporary ?? isTemporary
  return (
    <div className={styles.foot}>
      <Ghost size={14} strokeWidth={1.75} aria-hidden />
      <Switch
        label="Temporary chat"
        isOn={isOn}
        onChange={(on) => {
          if (conversation?.temporary === true && !on) {
            void feature.studio.client.chat.update({ conversationId: conversation.id, temporary: false })
            return
          }
          if (conversation !== null) newConversation(feature)
          feature.view.setState({ isTemporary: on })
        }}
      />
      <IconButton label="Import a conversation" onPress={() => input.current?.click()}>
        <Upload size={14} strokeWidth={1.75} />
      </IconButton>
      <input
        ref={input}
        type="file"
        hidden
        accept=".json,.zip,application/json,application/zip"
        aria-label="Conversation to import"
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file !== undefined) void importConversation(feature, file)
        }}
      />
    </div>
  )
}
