import { Gauge } from 'lucide-react'
import { useStore } from 'zustand'
import { SpeedupByDraftLength, type MeasuredSpeedup } from '../../../charts/speedup-by-draft-length'
import { strategyWords } from '../../../studio/strategy-words'
import { Button } from '../../../ui/button'
import { formatDay } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { calibrate } from '../calibrate'
import { useSpeculate } from '../context'
import type { RunTrace } from '../model/run-trace'
import { statisticsOf } from '../model/statistics-of'
import { strategyLabel } from '../model/strategies'
import type { ShownRace } from '../race-store'
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
          measured={measuredPoints(race, shown)}
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
