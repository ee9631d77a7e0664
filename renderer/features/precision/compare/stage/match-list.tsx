import { useStore } from 'zustand'
import type { ComparedBoxes } from '../../../../../contract/precision-results'
import { usePrecision } from '../../context'
import { matchRows, type MatchRow } from './box-changes'
import styles from './boxes-stage.module.css'

interface MatchListProps {
  /** Of the column. */
  readonly name: string
  readonly reference: ComparedBoxes | null
  readonly own: ComparedBoxes | null
}

const kindWords = { same: 'same', lost: 'lost', more: 'only here' } as const

/** Thing by thing: who found it, how well the two boxes cover each other, and how the score moved. */
export function MatchList({ name, reference, own }: MatchListProps) {
  const rows = reference === null || own === null ? [] : matchRows(reference, own)
  return (
    <div className={styles.matches} data-region="matches" tabIndex={0} role="group" aria-label={`Matches of ${name}`}>
      {rows.length === 0 ? (
        <p className={styles.none}>
          {reference === null || own === null
            ? 'The match list comes with the precision’s boxes.'
            : 'Neither fp32 nor this precision finds anything here.'}
        </p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Thing</th>
              <th scope="col" title={`Whether fp32 and ${name} both have it: IoU of at least 0.5 and one class`}>
                Match
              </th>
              <th scope="col" title="Area that the two boxes share over the area that they cover together">
                IoU
              </th>
              <th scope="col">fp32</th>
              <th scope="col">{name}</th>
              <th scope="col" title="Score less the score at fp32">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.match} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function Row({ row: { match, kind, label, iou, reference, own, scoreChange } }: { readonly row: MatchRow }) {
  const { view } = usePrecision()
  const isLit = useStore(view, (state) => state.match === match)
  const point = (isOver: boolean) => () => view.setState({ match: isOver ? match : null })
  return (
    <tr data-match={kind} data-lit={isLit || undefined} onPointerEnter={point(true)} onPointerLeave={point(false)}>
      <th scope="row">{label}</th>
      <td>
        <span className={styles.kind} data-kind={kind}>
          {kindWords[kind]}
        </span>
      </td>
      <td>{kind === 'same' ? iou.toFixed(2) : '–'}</td>
      <td>{reference === null ? '–' : reference.score.toFixed(3)}</td>
      <td>{own === null ? '–' : own.score.toFixed(3)}</td>
      <td>{scoreChange === null ? '–' : signed(scoreChange)}</td>
    </tr>
  )
}

function signed(value: number): string {
  const words = Math.abs(value).toFixed(3)
  if (words === '0.000') return '0'
  return value < 0 ? `−${words}` : `+${words}`
}
