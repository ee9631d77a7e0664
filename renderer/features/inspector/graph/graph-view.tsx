import { Spinner } from '../../../ui/spinner'
import { GraphStage } from './graph-stage'
import styles from './graph-view.module.css'
import { useLayout } from './use-layout'

/** The graph, folded by scope. It is laid out in a worker; the tree and the table are there meanwhile. */
export function GraphView() {
  const { shown, isBusy, problem } = useLayout()
  if (shown === null || problem !== null) {
    return (
      <div className={styles.stage}>
        <p role="status" className={styles.note}>
          {problem === null ? (
            <>
              <Spinner /> Laying the graph out
            </>
          ) : (
            `The graph could not be laid out: ${problem}. The tree and the table have all of it.`
          )}
        </p>
      </div>
    )
  }
  return <GraphStage laidOut={shown} isBusy={isBusy} />
}
