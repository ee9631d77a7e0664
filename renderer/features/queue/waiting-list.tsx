import { ChevronsUp, GripVertical, X } from 'lucide-react'
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from 'react-aria-components'
import type { JobId } from '../../../contract/ids'
import type { Job } from '../../../contract/jobs'
import { useStudio } from '../../studio/context'
import { IconButton } from '../../ui/button'
import { shortTitle } from '../../ui/format'
import { announce } from '../../ui/live-region'
import { cancelJob, movedOrder, reorder } from './queue-actions'
import { describeRequest } from './queue-rows'
import styles from './queue-rows.module.css'

/** Waiting jobs, which can be dragged, or moved with Alt and the arrow keys. */
export function WaitingList({ jobs }: { readonly jobs: readonly Job[] }) {
  const studio = useStudio()
  const ids = jobs.map(({ id }) => id)

  function move(id: JobId, to: number): void {
    const order = movedOrder(ids, id, to)
    if (order === null) return
    void reorder(studio, order)
    announce(`Moved to place ${Math.max(0, Math.min(ids.length - 1, to)) + 1} of ${ids.length}`)
  }

  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ 'text/plain': String(key) })),
    onReorder({ keys, target }) {
      const [key] = keys
      if (key === undefined) return
      const rest = ids.filter((id) => id !== key)
      const at = rest.indexOf(target.key as JobId) + (target.dropPosition === 'after' ? 1 : 0)
      move(key as JobId, at)
    },
  })

  function onKeyDown(event: React.KeyboardEvent): void {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]') : null
    const job = jobs.find(({ id }) => id === row?.dataset['key'])
    if (job === undefined) return
    event.preventDefault()
    event.stopPropagation()
    move(job.id, ids.indexOf(job.id) + (event.key === 'ArrowUp' ? -1 : 1))
  }

  if (jobs.length === 0) return null
  return (
    <div onKeyDownCapture={onKeyDown}>
      <GridList
        aria-label="Waiting jobs"
        className={styles.list!}
        items={jobs}
        dragAndDropHooks={dragAndDropHooks}
        selectionMode="none"
        keyboardNavigationBehavior="tab"
      >
        {(job) => (
          <GridListItem id={job.id} textValue={job.title} className={styles.row!}>
            <span className={styles.inner}>
              <AriaButton slot="drag" className={styles.grip!} aria-label={`Move ${job.title}`}>
                <GripVertical size={14} strokeWidth={1.75} />
              </AriaButton>
              <span className={styles.words}>
                <span className={styles.title}>{shortTitle(job.title)}</span>
                <span className={styles.facts}>{describeRequest(job)}</span>
              </span>
              <span className={styles.actions}>
                {ids[0] === job.id ? null : (
                  <IconButton label="Move to the front" onPress={() => move(job.id, 0)}>
                    <ChevronsUp size={14} strokeWidth={1.75} />
                  </IconButton>
                )}
                <IconButton label="Cancel" onPress={() => void cancelJob(studio, job.id)}>
                  <X size={14} strokeWidth={1.75} />
                </IconButton>
              </span>
            </span>
          </GridListItem>
        )}
      </GridList>
    </div>
  )
}
