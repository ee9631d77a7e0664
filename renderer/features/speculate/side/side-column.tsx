import { useMemo } from 'react'
import { useStore } from 'zustand'
import { AcceptanceByPosition } from '../../../charts/acceptance-by-position'
import { AcceptanceOverTime } from '../../../charts/acceptance-over-time'
import { AcceptedLengths } from '../../../charts/accepted-lengths'
import type { Brushing } from '../../../charts/brush-layer'
import { EntropyAcceptance } from '../../../charts/entropy-acceptance'
import { RoundCost } from '../../../charts/round-cost'
import { Tabs } from '../../../ui/tabs'
import { useBrush, useIsMoving, useRace, useSpeculate } from '../context'
import { brushOf, type BrushAxis } from '../model/brush'
import { roundAt } from '../model/clock'
import type { RunTrace } from '../model/run-trace'
import { acceptanceByRound, entropyBins, lengthsOf, statisticsOf, statisticsOfRounds } from '../model/statistics-of'
import { strategyLabel } from '../model/strategies'
import { baselineOf, type ShownRace } from '../race-store'
import { useThrottled } from '../use-throttled'
import styles from './side-column.module.css'
import { TheoryTab } from './theory-tab'
import { VerdictCard } from './verdict-card'

/** While a race runs, its figures change four times a second. */
const figuresEvery = 250

/** What the numbers say of the run that is shown. */
export function SideColumn() {
  const { view } = useSpeculate()
  const newest = useRace()
  const race = useThrottled(newest, newest?.isRunning === true, figuresEvery)
  const index = useStore(view, (state) => state.run)
  const run = race?.runs[index] ?? null
  const tab = useStore(view, (state) => state.sideTab)
  if (race === null || run === null) return null
  const isPlain = run.strategy.name === 'plain'
  return (
    <div className={styles.column}>
      <VerdictCard race={race} run={run} />
      {isPlain ? (
        <p className={styles.none}>Plain decoding drafts nothing. Choose another lane to see what was accepted.</p>
      ) : (
        <Tabs
          label="Figures"
          value={tab}
          onChange={(sideTab) => view.setState({ sideTab })}
          items={[
            { key: 'overview', label: 'Acceptance and cost', content: <Overview race={race} run={run} /> },
            { key: 'time', label: 'Over time', content: <OverTime run={run} /> },
            { key: 'theory', label: 'Theory', content: <TheoryTab race={race} run={run} /> },
          ]}
        />
      )}
    </div>
  )
}

function Overview({ race, run }: { readonly race: ShownRace; readonly run: RunTrace }) {
  const brush = useBrush()
  const brushing = useBrushing(run, 'length')
  const part = useMemo(() => (brush === null ? null : statisticsOfRounds(run, brush.rounds)), [run, brush])
  const statistics = statisticsOf(run)
  const plain = baselineOf(race)
  const { milliseconds, tokensPerForward } = part ?? statistics
  const rounds = Math.max(1, part?.roundCount ?? run.roundCount)
  const { draft, verify, sample, commit } = milliseconds
  return (
    <>
      <div className={styles.chart}>
        <AcceptanceByPosition
          survival={statistics.survival}
          alpha={statistics.examinedAcceptanceRate}
          chosen={part?.survival ?? null}
        />
      </div>
      <div className={styles.chart}>
        <AcceptedLengths
          lengths={lengthsOf(run)}
          mean={statistics.meanAcceptedLength}
          alpha={statistics.examinedAcceptanceRate}
          chosen={part?.lengths ?? null}
          brushing={brushing}
        />
      </div>
      <div className={styles.chart}>
        <RoundCost
          name={strategyLabel(run.strategy)}
          note={part === null ? null : `mean of ${part.roundCount} chosen`}
          milliseconds={{
            draft: draft / rounds,
            verify: verify / rounds,
            sample: sample / rounds,
            commit: commit / rounds,
          }}
          tokensPerRound={tokensPerForward}
          plainMilliseconds={plain?.result == null ? null : plain.result.milliseconds / Math.max(1, plain.tokenCount)}
        />
      </div>
    </>
  )
}

/** One chart's way to choose rounds: its range shows where the choice was made in it. */
function useBrushing(run: RunTrace, axis: BrushAxis): Brushing {
  const { view } = useSpeculate()
  const brush = useBrush()
  return {
    range: brush?.axis === axis ? brush : null,
    onBrush: (range) =>
      view.setState((state) => ({
        brush: range === null ? null : brushOf(run, state.run, axis, range.from, range.to),
      })),
  }
}

function OverTime({ run }: { readonly run: RunTrace }) {
  const { view } = useSpeculate()
  const brush = useBrush()
  const brushing = useBrushing(run, 'round')
  const byDoubt = useBrushing(run, 'entropy')
  const part = useMemo(() => (brush === null ? null : statisticsOfRounds(run, brush.rounds)), [run, brush])
  const round = useStore(view, ({ time }) => roundAt(run, time))
  const current = useThrottled(round, useIsMoving(), figuresEvery)
  return (
    <>
      <div className={styles.chart}>
        <AcceptanceOverTime
          rounds={acceptanceByRound(run)}
          current={current}
          chosen={brush?.rounds ?? null}
          brushing={brushing}
        />
      </div>
      <div className={styles.chart}>
        <EntropyAcceptance bins={entropyBins(run)} chosen={part?.entropies ?? null} brushing={byDoubt} />
      </div>
    </>
  )
}
