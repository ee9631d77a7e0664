import { Clock, MessageSquareText, Rows3, Upload } from 'lucide-react'
import { useRef, type CSSProperties } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../../ui/button'
import { shortTitle } from '../../../ui/format'
import { Menu } from '../../../ui/menu'
import { importRace, startRace } from '../actions'
import { useSpeculate } from '../context'
import { ExportMenu } from '../export/export-menu'
import styles from './prompt-row.module.css'

/** The prompt in one line, which opens up while it is written, with prompts to take and races to open beside it. */
export function PromptRow() {
  const feature = useSpeculate()
  const { form, bench, view } = feature
  const prompt = useStore(form, (state) => state.prompt)
  const recent = useStore(form, (state) => state.recent)
  const examples = useStore(bench, (state) => state.examples)
  const isMissing = useStore(bench, (state) => state.isAttempted) && prompt.trim() === ''
  const isRunsOpen = useStore(view, (state) => state.isRunsOpen)
  const hasRace = useStore(feature.race, ({ race }) => (race?.runs.length ?? 0) > 0)
  const picker = useRef<HTMLInputElement>(null)
  const lines = Math.min(6, prompt.split('\n').length + Math.floor(prompt.length / 110))

  return (
    <div className={styles.row} data-region="prompt">
      <div className={styles.box}>
        <textarea
          className={styles.prompt}
          data-field="race-prompt"
          aria-label="Prompt"
          aria-invalid={isMissing}
          aria-describedby={isMissing ? 'race-prompt-problem' : undefined}
          placeholder="A prompt that every runner continues"
          rows={1}
          style={{ '--lines': lines } as CSSProperties}
          value={prompt}
          onChange={(event) => form.setState({ prompt: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return
            event.preventDefault()
            void startRace(feature)
          }}
        />
      </div>
      {isMissing ? (
        <span id="race-prompt-problem" className={styles.problem} role="alert">
          Write a prompt: it is empty
        </span>
      ) : null}
      <Menu
        label="Example prompts"
        actions={examples.map(({ category, prompt: text }, index) => ({
          id: String(index),
          label: `${category}: ${shortTitle(text, 60)}`,
          run: () => form.setState({ prompt: text }),
        }))}
      >
        <Button variant="ghost" size="sm" isDisabled={examples.length === 0}>
          <MessageSquareText size={14} aria-hidden />
          Examples
        </Button>
      </Menu>
      <Menu
        label="Recent prompts"
        actions={recent.slice(0, 12).map((text, index) => ({
          id: String(index),
          label: shortTitle(text, 70),
          run: () => form.setState({ prompt: text }),
        }))}
      >
        <Button variant="ghost" size="sm" isDisabled={recent.length === 0}>
          <Clock size={14} aria-hidden />
          Recent
        </Button>
      </Menu>
      <span className={styles.line} aria-hidden />
      <Button variant="ghost" size="sm" isOn={isRunsOpen} onPress={() => view.setState({ isRunsOpen: true })}>
        <Rows3 size={14} aria-hidden />
        Runs
      </Button>
      <Button variant="ghost" size="sm" onPress={() => picker.current?.click()}>
        <Upload size={14} aria-hidden />
        Import
      </Button>
      <ExportMenu isDisabled={!hasRace} />
      <input
        ref={picker}
        type="file"
        accept="application/json,.json"
        className="visually-hidden"
        tabIndex={-1}
        aria-label="A saved race"
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file !== undefined) void importRace(feature, file)
        }}
      />
    </div>
  )
}
