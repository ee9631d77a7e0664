import type { TensorView } from '../../../../contract/inspection'
import { NumberInput } from '../../../ui/number-input'
import { Select } from '../../../ui/select'
import { useInspector } from '../context'
import { lookAtWeight } from '../details'
import styles from './slice-controls.module.css'

/** Which plane of the tensor the map shows, and where on it the map begins. */
export function SliceControls({ view, weight }: { readonly view: TensorView; readonly weight: number }) {
  const feature = useInspector()
  const { rowAxis, columnAxis, at, rows, columns } = view.slice
  const axes = view.shape.map((_, axis) => axis)
  const last = (axis: number) =>
    Math.max(0, (view.shape[axis] ?? 1) - (axis === rowAxis ? rows : axis === columnAxis ? columns : 1))
  const movable = axes.filter((axis) => last(axis) > 0)

  function look(row: number | null, column: number | null, places: readonly number[]): void {
    void lookAtWeight(feature, weight, {
      at: places,
      ...(row === null ? {} : { rowAxis: row }),
      ...(column === null ? {} : { columnAxis: column }),
    })
  }

  /** The axis that was there goes to the other's place where both would be the same. */
  function turn(row: number | null, column: number | null): void {
    const places = axes.map((axis) => (axis === row || axis === column ? 0 : (at[axis] ?? 0)))
    look(row, column, places)
  }

  return (
    <>
      {axes.length > 2 && rowAxis !== null && columnAxis !== null ? (
        <div className={styles.planes} role="group" aria-label="Plane of the slice">
          <AxisChoice
            label="Axis that goes down"
            arrow="↓"
            shape={view.shape}
            value={rowAxis}
            onChange={(axis) => turn(axis, axis === columnAxis ? rowAxis : columnAxis)}
          />
          <AxisChoice
            label="Axis that goes across"
            arrow="→"
            shape={view.shape}
            value={columnAxis}
            onChange={(axis) => turn(axis === rowAxis ? columnAxis : rowAxis, axis)}
          />
        </div>
      ) : null}
      {movable.length === 0 ? null : (
        <div className={styles.axes} role="group" aria-label="Place of the slice">
          {movable.map((axis) => (
            <label key={axis}>
              <span>
                axis {axis}
                {axis === rowAxis ? ' ↓' : axis === columnAxis ? ' →' : ''}
              </span>
              <NumberInput
                label={`Axis ${axis}`}
                value={at[axis] ?? 0}
                min={0}
                max={last(axis)}
                onChange={(place) =>
                  look(
                    rowAxis,
                    columnAxis,
                    axes.map((one) => (one === axis ? place : (at[one] ?? 0))),
                  )
                }
              />
            </label>
          ))}
        </div>
      )}
    </>
  )
}

interface AxisChoiceProps {
  readonly label: string
  readonly arrow: string
  readonly shape: readonly number[]
  readonly value: number
  readonly onChange: (axis: number) => void
}

function AxisChoice({ label, arrow, shape, value, onChange }: AxisChoiceProps) {
  return (
    <Select
      label={label}
      icon={<span aria-hidden>{arrow}</span>}
      value={String(value)}
      options={shape.map((size, axis) => ({ key: String(axis), label: `axis ${axis}`, detail: String(size) }))}
      onChange={(key) => onChange(Number(key))}
    />
  )
}
