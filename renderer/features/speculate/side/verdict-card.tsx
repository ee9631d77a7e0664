import { CircleAlert, Equal, EqualNot, TriangleAlert } from 'lucide-react'
import { Chip } from '../../../ui/chip'
import { cx } from '../../../ui/cx'
import { runVerdict } from '../model/insight'
import { statisticsOf } from '../model/statistics-of'
import { isLossy } from '../model/strategies'
import type { RunTrace } from '../model/run-trace'
import { baselineOf, type ShownRace } from '../race-store'
import { textAgainstPlain } from '../selectors'
import styles from './verdict-card.module.css'

/** What the race says of the run, in a figure and in words. It may say: slower, turn it off. */
export function VerdictCard({ race, run }: { readonly race: ShownRace; readonly run: RunTrace }) {
  const { tone, factor, meaning, reason } = runVerdict(run, baselineOf(race))
  const statistics = statisticsOf(run)
  const { draft, verify, sample, commit } = statistics.milliseconds
  const total = draft + verify + sample + commit
  return (
    <section className={styles.card} aria-label="Verdict">
      <p className={styles.big}>
        {factor === null ? null : <b className={cx(tone === 'slower' && styles.slow)}>{factor.toFixed(2)}×</b>}
        {tone === 'slower' ? <TriangleAlert className={styles.slow} size={16} aria-hidden /> : null}
        <span className={cx(factor === null && styles.open, tone === 'slower' && styles.slow)}>{meaning}</span>
        <Badges run={run} plain={baselineOf(race)} />
      </p>
      <p className={cx(styles.reason, tone === 'slower' && styles.warning)}>{reason}</p>
      {textAgainstPlain(run, baselineOf(race)) === 'exact' ? (
        <p className={styles.reason}>
          Forwards of one row and of several round differently, and a near tie fell the other way: plain decoding that
          reads as many rows at a time writes this very text.
        </p>
      ) : null}
      <dl className={styles.trio}>
        <div>
          <dt>acceptance rate α</dt>
          <dd>
            {statistics.examinedAcceptanceRate === null
              ? '–'
              : `${(100 * statistics.examinedAcceptanceRate).toFixed(1)}%`}
          </dd>
        </div>
        <div>
          <dt>tokens per round</dt>
          <dd>{statistics.tokensPerForward.toFixed(2)}</dd>
        </div>
        <div>
          <dt>time in drafting</dt>
          <dd>{total === 0 ? '–' : `${((100 * draft) / total).toFixed(1)}%`}</dd>
        </div>
      </dl>
    </section>
  )
}

function Badges({ run, plain }: { readonly run: RunTrace; readonly plain: RunTrace | undefined }) {
  const same = textAgainstPlain(run, plain)
  const lossy = isLossy(run.strategy) || run.result?.lossless === false
  if (!lossy && same === null) return null
  return (
    <span className={styles.badges}>
      {same === null ? null : (
        <Chip
          tone={same === 'differs' ? 'warn' : 'ok'}
          icon={same === 'differs' ? <EqualNot size={12} aria-hidden /> : <Equal size={12} aria-hidden />}
        >
          {same === 'exact' ? 'exact, to rounding' : `same text: ${same === 'same' ? 'yes' : 'no'}`}
        </Chip>
      )}
      {lossy ? (
        <Chip tone="warn" icon={<CircleAlert size={12} aria-hidden />}>
          lossy
        </Chip>
      ) : null}
    </span>
  )
}
