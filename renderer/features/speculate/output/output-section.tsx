import { X } from 'lucide-react'
import { memo } from 'react'
import { ToggleButton } from 'react-aria-components'
import { useStore } from 'zustand'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { shortTitle } from '../../../ui/format'
import { Kbd } from '../../../ui/kbd'
import { useBrush, useShownRun, useSpeculate } from '../context'
import { brushWords } from '../model/brush'
import { originCounts } from '../model/statistics-of'
import type { ShownOrigin } from '../view-store'
import { OutputText } from './output-text'
import styles from './output-section.module.css'
import tokens from './token.module.css'

const origins: readonly { readonly key: ShownOrigin; readonly label: string }[] = [
  { key: 'accepted', label: 'Accepted' },
  { key: 'corrected', label: 'Corrected' },
  { key: 'bonus', label: 'Bonus' },
]

/** The text of the run that is shown, each token tinted by where it came from. */
export function OutputSection() {
  const run = useShownRun()
  return (
    <section className={styles.output} aria-label="Output" data-region="output">
      <Heading />
      {run === null ? null : <OutputText run={run} />}
    </section>
  )
}

/** Apart from the text, so that it is not drawn anew with each token. */
const Heading = memo(function Heading() {
  const { view, form, race } = useSpeculate()
  const prompt = useStore(race, (state) => state.race?.settings.prompt ?? '')
  const shown = useStore(view, (state) => state.origins)
  const showsRefused = useStore(view, (state) => state.showsRefused)
  const isPlainText = useStore(view, (state) => state.isPlainText)
  const isBrushed = useBrush() !== null
  const isWritten = useStore(form, (state) => state.prompt.trim() === prompt.trim())
  return (
    <header className={styles.head}>
      <h2>Output</h2>
      <span className={styles.note}>{isWritten || isBrushed ? '' : shortTitle(prompt, 60)}</span>
      <BrushChip />
      <div className={styles.legend} role="group" aria-label="Show tokens by origin">
        {origins.map(({ key, label }) => (
          <ToggleButton
            key={key}
            className={styles.key!}
            isSelected={shown[key]}
            isDisabled={isPlainText}
            onChange={(isOn) => view.setState((state) => ({ origins: { ...state.origins, [key]: isOn } }))}
          >
            <i className={cx(tokens.token, tokens[key])} aria-hidden />
            {label} <Count origin={key} />
          </ToggleButton>
        ))}
        <ToggleButton
          className={styles.key!}
          isSelected={showsRefused}
          isDisabled={isPlainText}
          onChange={(isOn) => view.setState({ showsRefused: isOn })}
        >
          <s className={tokens.refused} aria-hidden>
            ab
          </s>
          Refused
        </ToggleButton>
        <ToggleButton
          className={cx(styles.key, styles.plain)}
          isSelected={isPlainText}
          onChange={(isOn) => view.setState({ isPlainText: isOn })}
        >
          Plain text <Kbd keys="h" />
        </ToggleButton>
      </div>
    </header>
  )
})

function Count({ origin }: { readonly origin: ShownOrigin }) {
  const run = useShownRun()
  return <span>{run === null ? 0 : originCounts(run)[origin]}</span>
}

/** Which rounds were chosen in a chart, wherever the text is read. */
function BrushChip() {
  const { view } = useSpeculate()
  const run = useShownRun()
  const brush = useBrush()
  if (brush === null || run === null) return null
  const words = brushWords(brush, run)
  return (
    <Button size="sm" aria-label={`${words}: show all again`} onPress={() => view.setState({ brush: null })}>
      {words}
      <X size={12} aria-hidden />
    </Button>
  )
}
