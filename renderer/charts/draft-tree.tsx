import { useMemo } from 'react'
import type { DraftNode, Round } from '../../contract/speculation'
import styles from './draft-tree.module.css'
import './token-origin.css'
import { HiddenTable } from './figure'
import { layoutTree, type TreeBox } from './tree-layout'

interface DraftTreeProps {
  readonly round: Round
  /** The token before the round, where the tree takes root. */
  readonly rootText: string
  readonly width: number
  readonly height: number
  /** The node that the pointer is on, in this view or another. */
  readonly marked: number | 'own' | null
  readonly onMark: (key: number | 'own' | null) => void
}

const boxHeight = 24
const padding = 2
const leastPitch = 40
const mostPitch = 56

/** A round's draft by depth and rank, with both probabilities; the path that passed is bold. */
export function DraftTree({ round, rootText, width, height, marked, onMark }: DraftTreeProps) {
  const layout = useMemo(() => layoutTree(round), [round])
  const nodes = useMemo(() => new Map(round.nodes.map((node) => [node.id, node])), [round])
  const own = round.emitted.at(-1)
  const columnPitch = Math.min(128, (width - 2 * padding) / layout.columns)
  const boxWidth = Math.max(44, Math.min(84, columnPitch - 16))
  const pitch = Math.max(leastPitch, Math.min(mostPitch, (height - 8) / layout.slots))
  const places = new Map(layout.boxes.map((box) => [box.key, box]))
  const xOf = ({ depth }: TreeBox) => padding + depth * columnPitch
  const yOf = ({ slot }: TreeBox) => 4 + slot * pitch
  const accepted = round.emitted.filter(({ origin }) => origin === 'accepted').map(({ text }) => text.trim())
  const drawnWidth = Math.max(width, padding * 2 + (layout.columns - 1) * columnPitch + boxWidth)

  return (
    <>
      <svg
        className={styles.tree}
        width={drawnWidth}
        height={Math.max(height - 4, layout.slots * pitch + 2)}
        role="img"
        aria-label={`Draft of round ${round.index + 1}: ${round.nodes.length} nodes, accepted ${accepted.join(' ') || 'none'}, then the target's own ${own?.text.trim() ?? 'nothing'}`}
        onPointerLeave={() => onMark(null)}
      >
        {layout.boxes.map((box) => {
          const parent = box.parent === null ? undefined : places.get(box.parent)
          if (parent === undefined) return null
          const look = lookOf(box, nodes, own?.origin === 'bonus')
          return (
            <path
              key={`edge-${box.key}`}
              className={styles[`${look}Edge`]}
              strokeWidth={edgeWidth(box, nodes, look)}
              d={edge(xOf(parent) + boxWidth, yOf(parent) + boxHeight / 2, xOf(box), yOf(box) + boxHeight / 2)}
            />
          )
        })}
        {layout.boxes.map((box) => {
          const look = lookOf(box, nodes, own?.origin === 'bonus')
          const node = typeof box.key === 'number' ? nodes.get(box.key) : undefined
          const text = box.key === 'own' ? (own?.text ?? '') : (node?.text ?? rootText)
          const x = xOf(box)
          const y = yOf(box)
          return (
            <g
              key={box.key}
              className={styles[look]}
              data-marked={marked === box.key || undefined}
              onPointerEnter={() => onMark(box.key === 0 ? null : box.key)}
            >
              <rect x={x + 0.5} y={y + 0.5} width={boxWidth - 1} height={boxHeight - 1} rx={5} />
              {look === 'corrected' ? (
                <path
                  className={styles.double}
                  d={`M${x + 4} ${y + boxHeight - 4.5}h${boxWidth - 8}M${x + 4} ${y + boxHeight - 2}h${boxWidth - 8}`}
                />
              ) : null}
              <text className={styles.word} x={x + boxWidth / 2} y={y + boxHeight / 2 + 4} textAnchor="middle">
                {fitting(text, boxWidth)}
              </text>
              <text className={styles.figures} x={x + boxWidth / 2} y={y + boxHeight + 12} textAnchor="middle">
                {figuresOf(box, node, own, round)}
              </text>
            </g>
          )
        })}
      </svg>
      <HiddenTable
        caption={`Draft of round ${round.index + 1}`}
        head={['Depth', 'Rank', 'Token', 'Guessed by', 'Draft probability', 'Target probability', 'Verdict']}
        rows={round.nodes.map((node) => [
          node.depth,
          node.rank + 1,
          node.text,
          node.source,
          node.draftProbability?.toFixed(2) ?? 'none',
          node.targetProbability?.toFixed(2) ?? 'not reached',
          node.verdict,
        ])}
      />
    </>
  )
}

type Look = 'root' | 'accepted' | 'refused' | 'unreached' | 'corrected' | 'bonus'

/** Of refused siblings only the first is struck: the others were alternatives that the target did not take either. */
function lookOf({ key }: TreeBox, nodes: ReadonlyMap<number, DraftNode>, isBonus: boolean): Look {
  if (key === 0) return 'root'
  if (key === 'own') return isBonus ? 'bonus' : 'corrected'
  const node = nodes.get(key)
  if (node === undefined) return 'unreached'
  if (node.verdict === 'refused' && node.rank > 0) return 'unreached'
  return node.verdict
}

function edgeWidth({ key }: TreeBox, nodes: ReadonlyMap<number, DraftNode>, look: Look): number {
  const q = typeof key === 'number' ? (nodes.get(key)?.draftProbability ?? 0.4) : 0.5
  return (look === 'accepted' ? 2 : 1) + 3 * q
}

function edge(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2
  return `M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}`
}

function fitting(text: string, width: number): string {
  const word = text.replaceAll('\n', '↵').trim() || '␣'
  const most = Math.floor((width - 10) / 6.4)
  return word.length <= most ? word : `${word.slice(0, Math.max(1, most - 1))}…`
}

function figuresOf(
  { key }: TreeBox,
  node: DraftNode | undefined,
  own: Round['emitted'][number] | undefined,
  round: Round,
): string {
  if (key === 0) return 'last token'
  if (key === 'own' && own !== undefined) {
    const seen = round.rows.find((row) => row.node === own.node)?.top.find(({ token }) => token === own.token)
    return `target · p ${short(seen?.probability ?? Math.exp(own.logProbability))}`
  }
  if (node === undefined) return ''
  return `q ${short(node.draftProbability)} · p ${short(node.targetProbability)}`
}

function short(value: number | null): string {
  if (value === null) return '–'
  return value >= 0.995 ? '1.0' : value.toFixed(2).replace(/^0/, '')
}
