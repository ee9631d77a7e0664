import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Roofline } from '../../../../contract/inspection-measures'
import { attainable, ridgePoint } from '../../../../contract/inspection-statistics'
import { RooflineChart, type RooflinePoint } from '../../../charts/roofline-chart'
import { Button } from '../../../ui/button'
import { plural } from '../../../ui/format'
import { useInspector, useOpened, type Opened } from '../context'
import { measureFile, measureRoofline } from '../measure'
import { formatRate, formatShare, threeFigures } from '../model/figures'
import { hover, select } from '../view-store'
import styles from './chart-view.module.css'
import { nodeWords, placeName } from './node-words'
import { useRoom } from './use-room'

/** Which nodes wait for memory and which for arithmetic, against what this machine was measured to do at most. */
export function RooflineView() {
  const feature = useInspector()
  const { view, measure } = feature
  const opened = useOpened()
  const { ref, height } = useRoom()
  const profile = useStore(measure, (state) => state.profile)
  const roofline = useStore(measure, (state) => state.roofline)
  const isBusy = useStore(measure, (state) => state.jobId !== null)
  const moved = opened.counts?.nodes.bytesMoved
  const points = useMemo(() => pointsOf(opened, moved ?? []), [opened, moved])
  const selected = useStore(view, (state) => (state.selected?.kind === 'node' ? String(state.selected.index) : null))
  const hovered = useStore(view, (state) => (state.hovered?.kind === 'node' ? String(state.hovered.index) : null))
  const machine = roofline === null ? null : machineOf(roofline, profile?.threads ?? 0)
  if (points.length === 0) {
    return (
      <div className={styles.missing}>
        <p>
          Speed against multiply-adds for each byte: what lies under the slope waits for memory, what lies under the
          flat waits for arithmetic. It needs measured times.
        </p>
        <Button variant="primary" isDisabled={isBusy} onPress={() => void measureFile(feature)}>
          {isBusy ? 'Measuring' : 'Measure this model'}
        </Button>
      </div>
    )
  }
  const ridge = machine === null ? null : ridgePoint(machine)
  const above =
    machine === null ? 0 : points.filter((point) => point.macsPerSecond > attainable(point.intensity, machine)).length
  const bound = ridge === null ? [] : points.filter(({ intensity }) => intensity < ridge)
  return (
    <div className={styles.view}>
      <div ref={ref} className={styles.chart}>
        <RooflineChart
          title="Roofline"
          note={machine === null ? 'area: share of the time' : `area: share of the time; roof: ${machine.words}`}
          summary={`Roofline of ${points.length} nodes${ridge === null ? '' : `, ${bound.length} of them memory-bound`}`}
          points={points}
          machine={machine}
          selected={selected}
          hovered={hovered}
          height={height}
          onSelect={(key) => select(view, { kind: 'node', index: Number(key) })}
          onHover={(key) => hover(view, key === null ? null : { kind: 'node', index: Number(key) })}
        />
      </div>
      {ridge === null || machine === null ? (
        <p className={styles.note}>
          The roof is not measured yet.{' '}
          <Button size="sm" isDisabled={isBusy} onPress={() => void measureRoofline(feature)}>
            Measure this machine
          </Button>
        </p>
      ) : (
        <p className={styles.note}>
          {bound.length === 0
            ? `Every node does more than ${threeFigures(ridge)} multiply-adds a byte: arithmetic sets the time, not memory.`
            : `${bound.length} of ${points.length} nodes, ${formatShare(bound.reduce((sum, { share }) => sum + share, 0))} of the kernels’ time, do fewer than ${threeFigures(ridge)} multiply-adds a byte: there memory sets the time, and fewer multiply-adds alone make nothing faster.`}
          {above === 0 ? null : (
            <>
              {` ${plural(above, 'node lies', 'nodes lie')} above the roof: the machine was busier when the roof was measured. `}
              <Button size="sm" isDisabled={isBusy} onPress={() => void measureRoofline(feature)}>
                Measure the roof again
              </Button>
            </>
          )}
        </p>
      )}
    </div>
  )
}

function pointsOf(opened: Opened, moved: readonly (number | null)[]): readonly RooflinePoint[] {
  const { costs } = opened
  return [...costs.profiled].flatMap(([node, { macsPerSecond, share }]) => {
    const macs = costs.nodes.macs[node] ?? null
    const bytes = moved[node] ?? null
    if (macsPerSecond === null || macsPerSecond === 0 || macs === null || macs === 0 || bytes === null || bytes === 0)
      return []
    const intensity = macs / bytes
    return [
      {
        key: String(node),
        label: placeName(node, opened),
        intensity,
        macsPerSecond,
        share,
        words: `${nodeWords(node, opened)}, ${threeFigures(intensity)} MAC a byte`,
      },
    ]
  })
}

/** The peak that was measured on as many threads as the profile ran on, or the highest. */
function machineOf({ peaks, bytesPerSecond }: Roofline, threads: number) {
  const peak =
    peaks.find((one) => one.threads === threads) ?? peaks.toSorted((a, b) => b.macsPerSecond - a.macsPerSecond)[0]
  if (peak === undefined) return null
  const { macsPerSecond } = peak
  return {
    macsPerSecond,
    bytesPerSecond,
    words: `${formatRate(macsPerSecond)} on ${peak.threads} ${peak.threads === 1 ? 'thread' : 'threads'}, ${threeFigures(bytesPerSecond / 1e9)} GB/s, measured`,
  }
}
