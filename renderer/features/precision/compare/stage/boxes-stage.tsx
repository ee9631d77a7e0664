import { useStore } from 'zustand'
import type { AssetId } from '../../../../../contract/ids'
import type { ColumnOutput } from '../../../../../contract/precision'
import { useStudio } from '../../../../studio/context'
import { Spinner } from '../../../../ui/spinner'
import { usePrecision } from '../../context'
import type { ShownColumn } from '../comparison-store'
import { columnWords } from '../words'
import { useSizeOf } from './use-size-of'
import styles from './boxes-stage.module.css'

type BoxesOutput = Extract<ColumnOutput, { kind: 'detection' }>

interface BoxesStageProps {
  readonly columns: readonly ShownColumn[]
  readonly assetId: AssetId
}

/** What each precision finds in one picture: boxes that the reference has too, those it lost, and those it made up. */
export function BoxesStage({ columns, assetId }: BoxesStageProps) {
  const { assetUrl } = useStudio()
  const url = assetUrl(assetId)
  const size = useSizeOf(url)
  const reference = boxesOf(columns[0])
  return (
    <section className={styles.stage} aria-label="Boxes" data-region="boxes">
      {columns.map((column, index) => (
        <figure key={index} className={styles.pane}>
          <figcaption>
            <b>{columnWords[column.recipe.column]}</b>
            <span>{matchWords(boxesOf(column), index)}</span>
          </figcaption>
          <div className={styles.frame} style={size === null ? {} : { aspectRatio: `${size.width} / ${size.height}` }}>
            <img src={url} alt="" className={styles.image} draggable={false} />
            {size === null ? null : (
              <svg viewBox={`0 0 ${size.width} ${size.height}`} className={styles.boxes} aria-hidden>
                <Boxes own={boxesOf(column)} reference={index === 0 ? null : reference} />
              </svg>
            )}
            {column.result === null ? <Waiting index={index} /> : null}
            {column.result?.failure == null ? null : <p className={styles.over}>{column.result.failure.message}</p>}
          </div>
        </figure>
      ))}
    </section>
  )
}

function boxesOf(column: ShownColumn | undefined): BoxesOutput | null {
  const output = column?.result?.output
  return output?.kind === 'detection' ? output : null
}

function matchWords(output: BoxesOutput | null, index: number): string {
  if (output === null) return ''
  if (index === 0) return `${output.boxes.length} found`
  const same = output.matches.filter(({ reference, own }) => reference !== null && own !== null).length
  const lost = output.matches.filter(({ own }) => own === null).length
  const made = output.matches.filter(({ reference }) => reference === null).length
  return `${same} the same, ${lost} lost, ${made} more`
}

function Waiting({ index }: { readonly index: number }) {
  const { comparison } = usePrecision()
  const isCurrent = useStore(comparison, ({ shown }) => shown?.current === index)
  return <p className={styles.over}>{isCurrent ? <Spinner /> : 'Waiting for its turn'}</p>
}

/** Matched boxes are drawn whole, made-up ones dashed, lost ones dotted where the reference had them. */
function Boxes({ own, reference }: { readonly own: BoxesOutput | null; readonly reference: BoxesOutput | null }) {
  if (own === null) return null
  const extra = new Set(own.matches.flatMap((match) => (match.reference === null ? [match.own] : [])))
  const lost = own.matches.flatMap((match) =>
    match.own === null && match.reference !== null ? (reference?.boxes[match.reference] ?? []) : [],
  )
  return (
    <>
      {own.boxes.map((one, index) => (
        <BoxMark key={index} {...one} kind={extra.has(index) ? 'extra' : 'same'} />
      ))}
      {lost.map((one, index) => (
        <BoxMark key={`lost ${index}`} {...one} kind="lost" />
      ))}
    </>
  )
}

type BoxMarkProps = BoxesOutput['boxes'][number] & { readonly kind: 'same' | 'extra' | 'lost' }

function BoxMark({ box: [left, top, right, bottom], label, score, kind }: BoxMarkProps) {
  const area = { x: left, y: top, width: right - left, height: bottom - top }
  return (
    <g data-kind={kind}>
      <title>{`${label} ${score.toFixed(2)}`}</title>
      <rect {...area} className={styles.under} vectorEffect="non-scaling-stroke" />
      <rect {...area} className={styles.line} vectorEffect="non-scaling-stroke" />
    </g>
  )
}
