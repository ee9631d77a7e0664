import { shapeAt } from '../../../../contract/inspection-counts'
import { Section } from '../../../ui/section'
import { useInspector, useOpened } from '../context'
import { formatShape } from '../model/figures'
import { nodeLabel } from '../model/model-graph'
import { select } from '../view-store'
import styles from './tensor-list.module.css'

interface TensorListProps {
  readonly title: 'In' | 'Out'
  readonly tensors: readonly number[]
}

const most = 16

/** What flows in or out, with shape and element type; a press goes to the node at the other end. */
export function TensorList({ title, tensors }: TensorListProps) {
  const { view } = useInspector()
  const { inspection, graph, counts } = useOpened()
  if (tensors.length === 0) return null

  function otherEnd(tensor: number): number | null {
    const node = title === 'In' ? graph.producer[tensor] : graph.consumers[tensor]?.[0]
    return node === undefined || node < 0 ? null : node
  }

  return (
    <Section title={title}>
      <ul className={styles.list}>
        {tensors.slice(0, most).map((tensor) => {
          const about = inspection.tensors[tensor]!
          const end = otherEnd(tensor)
          const others = title === 'Out' ? (graph.consumers[tensor]?.length ?? 0) : 0
          const shape = formatShape(shapeAt(counts, tensor) ?? about.shape)
          return (
            <li key={tensor}>
              <button
                type="button"
                onClick={() =>
                  select(view, end === null ? { kind: 'tensor', index: tensor } : { kind: 'node', index: end })
                }
                title={about.name}
              >
                <span className={styles.name}>
                  {end === null ? about.name : `${title === 'In' ? 'from' : 'to'} ${nodeLabel(inspection.nodes[end]!)}`}
                  {others > 1 ? <em> and {others - 1} more</em> : null}
                </span>
                <span className={styles.shape}>
                  {shape} <em>{counts?.dtypes[tensor] ?? about.dtype ?? ''}</em>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {tensors.length > most ? <p className={styles.more}>and {tensors.length - most} more</p> : null}
    </Section>
  )
}
