import { Gauge } from 'lucide-react'
import { useStore } from 'zustand'
import { SpeedupByDraftLength, type MeasuredSpeedup } from '../../../charts/speedup-by-draft-length'
import { strategyWords } from '../../../studio/strategy-words'
import { Button } from '../../../ui/button'
import { formatDay } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { calibrate } from '../calibrate'
import { useBrush, useSpeculate } from '../context'
import type { Brush } from '../model/brush'
import type { RunTrace } from '../model/run-trace'
import { statisticsOf, statisticsOfRounds } from '../model/statistics-of'
import { strategyLabel } from '../model/strategies'
import { baselineOf, type ShownRace } from '../race-store'
import { speedupOf } from '../selectors'
import styles from './side-column.module.css'

interface TheoryTabProps {
  readonly race: ShownRace
  readonly run: RunTrace
}

/** What theory predicts from measured costs, beside what was measured. Without a calibration it says nothing. */
export function TheoryTab({ race, run }: TheoryTabProps) {
  const feature = useSpeculate()
  const { bench, view } = feature
  const own = useStore(bench, (state) => state.calibration)
  const isCalibrating = useStore(bench, (state) => state.isCalibrating)
  const shown = useStore(view, (state) => state.run)
  const brush = useBrush()
  const now = useNow()
  const calibration = race.calibration ?? own
  const statistics = statisticsOf(run)
  const alpha = statistics.examinedAcceptanceRate
  const button = (
    <Button size="sm" isDisabled={isCalibrating} onPress={() => void calibrate(feature)}>
      <Gauge size={14} aria-hidden />
      {isCalibrating ? 'Measuring, about 5 s' : 'Calibrate this machine'}
    </Button>
  )
  if (calibration === null || alpha === null) {
    return (
      <div className={styles.ask}>
        <p>
          {alpha === null
            ? 'Nothing was drafted in this run, so that theory has no rate to go by.'
            : 'Theory needs what checking several tokens at once costs here. Measuring it takes about five seconds.'}
        </p>
        {alpha === null ? null : button}
      </div>
    )
  }
  const perToken = statistics.drafted === 0 ? 0 : statistics.milliseconds.draft / statistics.drafted
  return (
    <>
      <div className={styles.chart}>
        <SpeedupByDraftLength
          calibration={calibration}
          draftMilliseconds={calibration.draft[run.strategy.name] ?? perToken}
          alpha={alpha}
          measured={[...measuredPoints(race, shown), ...chosenPoint(race, run, brush)]}
        />
      </div>
      {strategyWords[run.strategy.name].shape === 'tree' ? (
        <p className={styles.measured}>
          The theory is that of chains; this run drafts trees, whose depth stands on the axis.
        </p>
      ) : null}
      <p className={styles.measured}>
        {calibration.threads} threads, {formatDay(calibration.measuredAt, now).toLowerCase()}
        {race.recorded === null ? button : null}
      </p>
    </>
  )
}

function measuredPoints(race: ShownRace, shown: number): readonly MeasuredSpeedup[] {
  return race.runs.flatMap((run, index) => {
    const factor = speedupOf(run, race)
    const { rounds } = statisticsOf(run)
    if (run.strategy.name === 'plain' || factor === null || rounds === 0) return []
    const depth = run.rounds.reduce((sum, { draftLength }) => sum + draftLength, 0) / rounds
    return [{ draftLength: depth, speedup: factor, label: strategyLabel(run.strategy), isShown: index === shown }]
  })
}

/** Rounds that were chosen in another chart, as one point: the time that plain decoding takes for their tokens over their own. */
function chosenPoint(race: ShownRace, run: RunTrace, brush: Brush | null): readonly MeasuredSpeedup[] {
  const plain = baselineOf(race)
  if (brush === null || plain?.result == null) return []
  const { roundCount, tokens, tokensPerSecond } = statisticsOfRounds(run, brush.rounds)
  if (roundCount === 0 || tokensPerSecond === 0) return []
  const plainTokensPerSecond = (1000 * plain.tokenCount) / plain.result.milliseconds
  const depth = [...brush.rounds].reduce((sum, round) => sum + run.rounds[round]!.draftLength, 0) / roundCount
  return [
    {
      draftLength: depth,
      speedup: tokensPerSecond / plainTokensPerSecond,
      label: `${roundCount} chosen rounds, ${tokens} tokens`,
      isShown: true,
    },
  ]
}
