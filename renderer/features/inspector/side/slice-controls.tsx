import type { TensorView } from '../../../../contract/inspection'
import { NumberInput } from '../../../ui/number-input'
import { useInspector } from '../context'
import { lookAtWeight } from '../details'
import styles from './slice-controls.module.css'

/** Which plane of the tensor the map shows, and where on it the map begins. */
export function SliceControls({ view, weight }: { readonly view: TensorView; readonly weight: number }) {
  const feature = useInspector()
  const { rowAxis, columnAxis, at, rows, columns } = view.slice
  const last = (axis: number) =>
    Math.max(0, (view.shape[axis] ?? 1) - (axis === rowAxis ? rows : axis === columnAxis ? columns : 1))
  const movable = view.shape.map((_, axis) => axis).filter((axis) => last(axis) > 0)
  if (movable.length === 0) return null
  return (
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
              void lookAtWeight(feature, weight, {
                at: view.shape.map((_, one) => (one === axis ? place : (at[one] ?? 0))),
                ...(rowAxis === null ? {} : { rowAxis }),
                ...(columnAxis === null ? {} : { columnAxis }),
              })
            }
          />
        </label>
      ))}
    </div>
  )
}
