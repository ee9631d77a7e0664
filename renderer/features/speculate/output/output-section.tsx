import { ToggleButton } from 'react-aria-components'
import { useStore } from 'zustand'
import { cx } from '../../../ui/cx'
import { shortTitle } from '../../../ui/format'
import { Kbd } from '../../../ui/kbd'
import { useRace, useShownRun, useSpeculate } from '../context'
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
  const race = useRace()
  const run = useShownRun()
  const { view } = useSpeculate()
  const shown = useStore(view, (state) => state.origins)
  const showsRefused = useStore(view, (state) => state.showsRefused)
  const isPlainText = useStore(view, (state) => state.isPlainText)
  if (race === null || run === null) return null
  const counts = originCounts(run)
  return (
    <section className={styles.output} aria-label="Output" data-region="output">
      <header className={styles.head}>
        <h2>Output</h2>
        <span className={styles.note}>{shortTitle(race.settings.prompt, 60)}</span>
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
              {label} <span>{counts[key]}</span>
            </ToggleButton>
          ))}
          <ToggleButton
            className={styles.key!}
            isSelected={showsRefused}
            isDisabled={isPlainText}
            onChange={(isOn) => view.setState({ showsRefused: isOn })}
          >
            <s className={tokens.refused}>ab</s>
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
      <OutputText run={run} />
    </section>
  )
}
