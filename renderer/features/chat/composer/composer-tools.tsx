import { ArrowUp, Brain, Paperclip, Square } from 'lucide-react'
import { useRef } from 'react'
import { useStore } from 'zustand'
import { Button, IconButton } from '../../../ui/button'
import { Menu } from '../../../ui/menu'
import { Segmented } from '../../../ui/segmented'
import { Tip } from '../../../ui/tooltip'
import { send, stopAnswer, whyNotSend } from '../actions'
import { attachFiles } from '../attach'
import { useChat } from '../context'
import { answerInHand, useModel, useSettings } from '../selectors'
import { modeWords } from '../setting-words'
import styles from './composer-tools.module.css'
import { withMode } from './composer-store'
import { DrawingButton } from './drawing-button'
import { StrategyMenu } from './strategy-menu'

export function ComposerTools() {
  const feature = useChat()
  const model = useModel()
  const settings = useSettings()
  return (
    <div className={styles.tools}>
      {model === null || model.chat.seesPictures ? <AttachMenu /> : null}
      <ModeSwitch />
      <DrawingButton />
      {model?.chat.canThink === true ? (
        <Tip content="Think first, then answer or draw">
          <Button
            variant="ghost"
            isOn={settings.think === true}
            aria-pressed={settings.think === true}
            onPress={() => feature.settings.change({ think: settings.think === true ? undefined : true })}
          >
            <Brain size={14} strokeWidth={1.75} aria-hidden />
            <span className={styles.label}>Think</span>
          </Button>
        </Tip>
      ) : null}
      {model !== null && model.chat.strategies.length > 1 && model.chat.modes.length === 1 ? <StrategyMenu /> : null}
      <span className={styles.grow} />
      <SendButtons />
    </div>
  )
}

function AttachMenu() {
  const feature = useChat()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Menu
        label="Attach"
        placement="top start"
        actions={[
          { id: 'file', label: 'From files…', run: () => input.current?.click() },
          { id: 'gallery', label: 'From the gallery…', run: () => feature.view.setState({ isGalleryOpen: true }) },
        ]}
      >
        <IconButton label="Attach a picture" size="md">
          <Paperclip size={16} strokeWidth={1.75} />
        </IconButton>
      </Menu>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept="image/*"
        aria-label="Pictures to attach"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          void attachFiles(feature, files)
        }}
      />
    </>
  )
}

/** What the turn shall do; away where the model can do one thing alone. */
function ModeSwitch() {
  const feature = useChat()
  const model = useModel()
  const draft = useStore(feature.composer.store, (state) => state.draft)
  const modes = model?.chat.modes ?? []
  if (modes.length < 2) return null
  const options = (['auto', ...modes] as const).map((key) => ({ key, label: modeWords[key].label }))
  return (
    <Segmented
      label="What the turn does"
      value={withMode(draft, ['auto', ...modes])}
      options={options}
      onChange={(mode) => feature.composer.change({ mode })}
    />
  )
}

function SendButtons() {
  const feature = useChat()
  useStore(feature.composer.store)
  useModel()
  const isAnswering = useStore(feature.open.store, ({ detail }) => answerInHand(detail) !== null)
  const reason = whyNotSend(feature)
  return (
    <>
      {isAnswering ? (
        <Button keys="Escape" onPress={() => stopAnswer(feature)}>
          <Square size={12} strokeWidth={2} aria-hidden />
          Stop
        </Button>
      ) : null}
      <IconButton
        label={reason ?? 'Send'}
        {...(reason === null ? { keys: 'Enter' } : {})}
        variant="primary"
        size="md"
        isDisabled={reason !== null}
        onPress={() => void send(feature)}
      >
        <ArrowUp size={14} strokeWidth={2} />
      </IconButton>
    </>
  )
}
