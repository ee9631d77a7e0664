import { CircleAlert, Equal, EqualNot, TriangleAlert } from 'lucide-react'
import { Chip } from '../../../ui/chip'
import { cx } from '../../../ui/cx'
import { runVerdict } from '../model/insight'
import { statisticsOf } from '../model/statistics-of'
import { isLossy } from '../model/strategies'
import type { RunTrace } from '../model/run-trace'
import { baselineOf, type ShownRace } from '../race-store'
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
        <Badges run={run} />
      </p>
      <p className={cx(styles.reason, tone === 'slower' && styles.warning)}>{reason}</p>
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

function Badges({ run }: { readonly run: RunTrace }) {
  const same = run.strategy.name === 'plain' ? null : (run.result?.sameAsPlain ?? null)
  const lossy = isLossy(run.strategy) || run.result?.lossless === false
  if (!lossy && same === null) return null
  return (
    <span className={styles.badges}>
      {same === null ? null : (
        <Chip
          tone={same ? 'ok' : 'warn'}
          icon={same ? <Equal size={12} aria-hidden /> : <EqualNot size={12} aria-hidden />}
        >
          same text: {same ? 'yes' : 'no'}
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
