import type { ComparedBox, ComparedBoxes } from '../../../../../contract/precision-results'

/** How many boxes both have, the reference alone, and the column alone. */
export interface BoxChanges {
  readonly same: number
  readonly lost: number
  readonly more: number
}

export function changesOf(pictures: readonly ComparedBoxes[]): BoxChanges {
  const matches = pictures.flatMap((picture) => picture.matches)
  const lost = matches.filter(({ own }) => own === null).length
  const more = matches.filter(({ reference }) => reference === null).length
  return { same: matches.length - lost - more, lost, more }
}

/** "16 the same", "14 the same, 2 lost, 1 more". */
export function changeWords({ same, lost, more }: BoxChanges): string {
  const parts = [`${same} the same`]
  if (lost > 0) parts.push(`${lost} lost`)
  if (more > 0) parts.push(`${more} more`)
  return parts.join(', ')
}

/** One line of the match list: a thing that the reference, the column or both have found. */
export interface MatchRow {
  /** Place in the list of matches: what links row and box. */
  readonly match: number
  readonly kind: 'same' | 'lost' | 'more'
  readonly label: string
  readonly iou: number
  readonly reference: ComparedBox | null
  readonly own: ComparedBox | null
  /** Column less reference; null where only one has it. */
  readonly scoreChange: number | null
}

const order = { lost: 0, more: 1, same: 2 } as const

/** What changed comes first: things lost, things that came, then the same ones, those whose score moved the most first. */
export function matchRows(reference: ComparedBoxes, column: ComparedBoxes): readonly MatchRow[] {
  const rows = column.matches.flatMap(({ reference: theirs, own: ours, iou }, match): MatchRow[] => {
    const one = theirs === null ? null : (reference.boxes[theirs] ?? null)
    const other = ours === null ? null : (column.boxes[ours] ?? null)
    const known = other ?? one
    if (known === null) return []
    const kind = one === null ? 'more' : other === null ? 'lost' : 'same'
    const scoreChange = one === null || other === null ? null : other.score - one.score
    return [{ match, kind, label: known.label, iou, reference: one, own: other, scoreChange }]
  })
  const weight = ({ scoreChange, own, reference: one }: MatchRow): number =>
    scoreChange === null ? (own ?? one)!.score : Math.abs(scoreChange)
  return rows.sort((a, b) => order[a.kind] - order[b.kind] || weight(b) - weight(a))
}
