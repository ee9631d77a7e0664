import { FileArchive, FileJson, PanelRight, Share } from 'lucide-react'
import { useStore } from 'zustand'
import { IconButton } from '../../../ui/button'
import { Tag } from '../../../ui/chip'
import { Menu } from '../../../ui/menu'
import { useChat } from '../context'
import { exportConversation } from '../conversation-actions'
import { useConversation } from '../selectors'
import { ContextMeter } from './context-meter'
import { ModelPicker } from './model-picker'
import styles from './thread-bar.module.css'

/** Above the thread: who answers, how full the context is, and ways out. */
export function ThreadBar() {
  const feature = useChat()
  const conversation = useConversation()
  const isSideOpen = useStore(feature.view, (state) => state.isSideOpen)
  const isEmpty = useStore(feature.open.store, ({ detail }) => (detail?.messages.length ?? 0) === 0)
  const run = (format: 'markdown' | 'json') => () => {
    if (conversation !== null) void exportConversation(feature, conversation.id, format)
  }
  return (
    <header className={styles.bar}>
      <ModelPicker className={styles.model} />
      {conversation?.temporary === true ? <Tag>temporary</Tag> : null}
      <span className={styles.grow} />
      <ContextMeter />
      <span className={styles.line} />
      <Menu
        label="Export"
        actions={[
          { id: 'markdown', label: 'Markdown with pictures', icon: <FileArchive size={14} />, run: run('markdown') },
          { id: 'json', label: 'JSON, to import again', icon: <FileJson size={14} />, run: run('json') },
        ]}
      >
        <IconButton label="Export the conversation" isDisabled={conversation === null || isEmpty}>
          <Share size={14} strokeWidth={1.75} />
        </IconButton>
      </Menu>
      <IconButton
        label={isSideOpen ? 'Hide settings and branches' : 'Settings and branches'}
        isOn={isSideOpen}
        onPress={() => feature.view.setState({ isSideOpen: !isSideOpen })}
      >
        <PanelRight size={14} strokeWidth={1.75} />
      </IconButton>
    </header>
  )
}
