import { useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../../ui/button'
import { ErrorNote } from '../../../ui/error-note'
import { groupDigits } from '../../../ui/format'
import { Segmented } from '../../../ui/segmented'
import { Spinner } from '../../../ui/spinner'
import { endComparison } from '../compare'
import { useInspector, useOpened } from '../context'
import styles from './difference-view.module.css'
import { allRows, differenceRows, type ChangeKind } from './difference-rows'
import { RowList } from './row-list'
import { Totals } from './totals'

/** What a second file has that the open one has not, the other way about, and what both have but differently. */
export function DifferenceView() {
  const feature = useInspector()
  const { inspection } = useOpened()
  const { other, difference, opening, failure } = useStore(feature.difference)
  const compared = useMemo(
    () => (other === null || difference === null ? null : { before: inspection, after: other.inspection, difference }),
    [inspection, other, difference],
  )
  const [chosen, setWhat] = useState<'nodes' | 'weights'>('nodes')
  const [kind, setKind] = useState<ChangeKind | 'all'>('all')
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  if (failure !== null) {
    return (
      <div className={styles.state}>
        <ErrorNote
          size="stage"
          failure={failure}
          actions={[{ label: 'End the comparison', run: () => endComparison(feature) }]}
        />
      </div>
    )
  }
  if (other === null || difference === null || compared === null) {
    return (
      <p className={styles.state} role="status">
        <Spinner /> Comparing with {opening ?? 'the other file'}
      </p>
    )
  }
  const hasNodes = inspection.nodes.length + other.inspection.nodes.length > 0
  const what = hasNodes ? chosen : 'weights'
  const part = difference[what]
  const total = part.added.length + part.removed.length + part.changed.length
  const shown = kind === 'all' ? allRows(compared, what, unfolded) : differenceRows(compared, what, kind)

  function fold(key: string): void {
    const next = new Set(unfolded)
    if (!next.delete(key)) next.add(key)
    setUnfolded(next)
  }

  return (
    <div className={styles.view}>
      <header className={styles.head}>
        <h2>
          Against <b>{other.inspection.name}</b>
        </h2>
        <Button size="sm" onPress={() => endComparison(feature)}>
          End the comparison
        </Button>
      </header>
      <Totals />
      {difference.header.length === 0 ? null : (
        <dl className={styles.header}>
          {difference.header.map(({ what: name, before, after }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <del>{before || 'none'}</del> <ins>{after || 'none'}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <div className={styles.bar}>
        {hasNodes ? (
          <Segmented
            size="sm"
            label="What is compared"
            value={what}
            options={[
              { key: 'nodes', label: 'Nodes' },
              { key: 'weights', label: 'Weights' },
            ]}
            onChange={setWhat}
          />
        ) : null}
        <Segmented
          size="sm"
          label="Which differences"
          value={kind}
          options={[
            { key: 'all', label: `All ${total}` },
            { key: 'added', label: `Added ${part.added.length}` },
            { key: 'removed', label: `Removed ${part.removed.length}` },
            { key: 'changed', label: `Changed ${part.changed.length}` },
          ]}
          onChange={setKind}
        />
        <span>
          {groupDigits(part.same)} {part.same === 1 ? 'is' : 'are'} the same
        </span>
      </div>
      {shown.length === 0 ? (
        <p className={styles.none}>{total === 0 ? `All ${what} are the same.` : 'None of this kind.'}</p>
      ) : (
        <RowList rows={shown} unfolded={unfolded} onFold={kind === 'all' ? fold : null} />
      )}
    </div>
  )
}
