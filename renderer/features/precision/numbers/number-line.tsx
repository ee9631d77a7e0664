import { useStore } from 'zustand'
import { representablePoints } from '../../../../contract/number-format-codes'
import { numberFormats, type FormatName } from '../../../../contract/number-formats'
import { Figure } from '../../../charts/figure'
import figure from '../../../charts/figure.module.css'
import { usePrecision } from '../context'
import { prettyNumber } from './format-number'
import styles from './number-line.module.css'
import { inspected } from './numbers-store'

/** Formats whose numbers lie visibly differently; FP64's fill every line. */
const lanes: readonly FormatName[] = [
  'fp32',
  'tf32',
  'fp16',
  'bf16',
  'fp8-e4m3fn',
  'fp8-e5m2',
  'fp4-e2m1',
  'int8',
  'int4',
]

const laneHeight = 26
const left = 108
const axis = 24

/** Where the formats have numbers, on a logarithmic line around the one that is given. */
export function NumberLine() {
  const { numbers } = usePrecision()
  const state = useStore(numbers)
  const magnitude = Math.abs(state.given)
  const isOnLine = magnitude > 0 && Number.isFinite(magnitude)
  const centre = isOnLine ? Math.log2(magnitude) : 0
  const [from, to] = [Math.max(-1070, centre - state.octaves / 2), Math.min(1023, centre + state.octaves / 2)]
  const height = lanes.length * laneHeight + axis
  return (
    <div className={styles.line} data-region="number line">
      <Figure
        title="Number line"
        note={`what is representable from ${prettyNumber(2 ** from, 3)} to ${prettyNumber(2 ** to, 3)}, logarithmic`}
        summary={`Numbers of each format around ${prettyNumber(magnitude)}`}
        height={height}
        table={{
          head: ['Format', 'Stored', 'Unit in the last place'],
          rows: lanes.map((name) => {
            const { stored, unit } = inspected(state, name)
            return [numberFormats[name].label, prettyNumber(stored), prettyNumber(unit)]
          }),
        }}
      >
        {(width) => {
          const xOf = (value: number) => left + ((Math.log2(value) - from) / (to - from)) * (width - left)
          return (
            <>
              <Axis from={from} to={to} width={width} bottom={height - axis} />
              {lanes.map((name, lane) => {
                const format = numberFormats[name]
                const top = lane * laneHeight + 4
                // Closer than a pixel they are one block.
                const most = Math.floor((width - left) / 2)
                const points = representablePoints(format, 2 ** from, 2 ** to, most, state.scaling)
                const stored = Math.abs(inspected(state, name).stored)
                return (
                  <g key={name}>
                    <text x={0} y={top + 13} className={figure.strong}>
                      {format.label}
                    </text>
                    <path
                      className={styles.points}
                      d={points.map((value) => `M${xOf(value).toFixed(1)} ${top}v${laneHeight - 10}`).join('')}
                    />
                    {stored >= 2 ** from && stored <= 2 ** to ? (
                      <circle className={styles.stored} cx={xOf(stored)} cy={top + (laneHeight - 10) / 2} r={4} />
                    ) : null}
                  </g>
                )
              })}
              {isOnLine ? (
                <line className={styles.given} x1={xOf(magnitude)} x2={xOf(magnitude)} y1={0} y2={height - axis} />
              ) : null}
            </>
          )
        }}
      </Figure>
    </div>
  )
}

/** Powers of two, as many as have room. */
function Axis(props: { readonly from: number; readonly to: number; readonly width: number; readonly bottom: number }) {
  const { from, to, width, bottom } = props
  const step = Math.max(1, Math.ceil((to - from) / ((width - left) / 72)))
  const first = Math.ceil(from / step) * step
  const exponents = Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step)
  return (
    <>
      {exponents.map((exponent) => {
        const x = left + ((exponent - from) / (to - from)) * (width - left)
        return (
          <g key={exponent}>
            <line className={figure.grid} x1={x} x2={x} y1={0} y2={bottom} />
            <text x={x} y={bottom + 16} textAnchor="middle">
              {prettyNumber(2 ** exponent, 3)}
            </text>
          </g>
        )
      })}
    </>
  )
}
