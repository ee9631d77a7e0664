import type { CSSProperties } from 'react'
import { useStore } from 'zustand'
import { ReactCompareSlider } from 'react-compare-slider'
import type { ComparedPicture } from '../../../../../contract/precision'
import type { ComparedBoxes } from '../../../../../contract/precision-results'
import { useStudio } from '../../../../studio/context'
import { cx } from '../../../../ui/cx'
import { Segmented } from '../../../../ui/segmented'
import { Spinner } from '../../../../ui/spinner'
import { usePrecision } from '../../context'
import type { ShownColumn } from '../comparison-store'
import { columnName } from '../words'
import { changesOf, changeWords } from './box-changes'
import { BoxesPicture } from './boxes-picture'
import { MatchList } from './match-list'
import { PictureList } from './picture-list'
import styles from './boxes-stage.module.css'
import { useBlink } from './use-blink'

interface BoxesStageProps {
  readonly columns: readonly ShownColumn[]
  readonly pictures: readonly ComparedPicture[]
}

/** What each precision finds in the same pictures: boxes that the reference has too, those it lost, and those that came. */
export function BoxesStage({ columns, pictures }: BoxesStageProps) {
  const { view } = usePrecision()
  const mode = useStore(view, (state) => state.mode)
  const place = useStore(view, (state) => Math.min(state.picture, pictures.length - 1))
  const chosen = useStore(view, (state) => Math.min(Math.max(1, state.column), columns.length - 1))
  const shown = { columns, picture: pictures[place]!, place, chosen }
  return (
    <section className={styles.stage} aria-label="Boxes" data-region="boxes">
      <div className={styles.bar}>
        <Segmented
          label="How the boxes are compared"
          size="sm"
          value={mode === 'difference' ? 'side' : mode}
          options={[
            { key: 'side', label: 'Side by side' },
            { key: 'wipe', label: 'Wipe' },
            { key: 'blink', label: 'Blink' },
          ]}
          onChange={(next) => view.setState({ mode: next })}
        />
        <Legend />
      </div>
      {mode === 'wipe' || mode === 'blink' ? (
        <Pair {...shown} isWipe={mode === 'wipe'} />
      ) : (
        <div className={styles.panes}>
          {columns.map((_, index) => (
            <Pane key={index} {...shown} index={index} />
          ))}
        </div>
      )}
      <div className={styles.lists}>
        <PictureList pictures={pictures} place={place} column={columns[chosen]} reference={columns[0]} />
        <MatchList
          name={nameOf(columns[chosen])}
          reference={boxesOf(columns[0], place)}
          own={boxesOf(columns[chosen], place)}
        />
      </div>
    </section>
  )
}

function nameOf(column: ShownColumn | undefined): string {
  return column === undefined ? '' : columnName(column.recipe)
}

/** What a column found in one picture; null until it was measured. */
function boxesOf(column: ShownColumn | undefined, place: number): ComparedBoxes | null {
  const output = column?.result?.output
  return output?.kind === 'detection' ? (output.pictures[place] ?? null) : null
}

function Legend() {
  return (
    <p className={styles.legend}>
      <span data-kind="same">in both</span>
      <span data-kind="lost">lost</span>
      <span data-kind="more">only here</span>
    </p>
  )
}

interface ShownPicture {
  readonly columns: readonly ShownColumn[]
  readonly picture: ComparedPicture
  readonly place: number
  /** The column whose matches are listed. */
  readonly chosen: number
}

function Pane({ columns, picture, place, chosen, index }: ShownPicture & { readonly index: number }) {
  const { assetUrl } = useStudio()
  const { view } = usePrecision()
  const column = columns[index]
  const own = boxesOf(column, place)
  const result = column?.result ?? null
  return (
    <figure className={styles.pane} data-chosen={(index === chosen && index > 0) || undefined}>
      <figcaption>
        <b>{nameOf(column)}</b>
        <span>{index === 0 ? 'reference' : result?.truth.arithmetic}</span>
        {own === null ? null : (
          <span className={styles.count}>
            {index === 0 ? `${own.boxes.length} found` : changeWords(changesOf([own]))}
          </span>
        )}
      </figcaption>
      {result?.failure == null ? (
        <button
          type="button"
          className={styles.room}
          aria-label={`Boxes of ${nameOf(column)} in ${picture.name}`}
          onClick={() => view.setState({ column: Math.max(1, index) })}
        >
          <BoxesPicture
            url={assetUrl(picture.assetId)}
            own={own}
            reference={index === 0 ? null : boxesOf(columns[0], place)}
            listed={index === 0 ? boxesOf(columns[chosen], place) : index === chosen ? own : null}
            side={index === 0 ? 'reference' : 'own'}
          />
          {own === null ? <Waiting index={index} /> : null}
        </button>
      ) : (
        <p className={styles.empty}>{result.failure.message}</p>
      )}
    </figure>
  )
}

function Waiting({ index }: { readonly index: number }) {
  const { comparison } = usePrecision()
  const isCurrent = useStore(comparison, ({ shown }) => shown?.current === index)
  return <span className={cx(styles.over, styles.waiting)}>{isCurrent ? <Spinner /> : 'Waiting for its turn'}</span>
}

/** The reference's boxes and the chosen column's on one picture. */
function Pair({ columns, picture, place, chosen, isWipe }: ShownPicture & { readonly isWipe: boolean }) {
  const { assetUrl } = useStudio()
  const [one, two] = [boxesOf(columns[0], place), boxesOf(columns[chosen], place)]
  const isSecond = useBlink(!isWipe)
  const name = nameOf(columns[chosen])
  if (one === null || two === null) {
    return <p className={styles.empty}>{columns[chosen]?.result?.failure?.message ?? 'Not measured yet'}</p>
  }
  const url = assetUrl(picture.assetId)
  const before = <BoxesPicture url={url} own={one} reference={null} listed={two} side="reference" />
  const after = <BoxesPicture url={url} own={two} reference={one} listed={two} side="own" />
  return (
    <div className={styles.pairRoom}>
      <div className={styles.pair} style={{ '--shape': one.width / one.height } as CSSProperties}>
        {isWipe ? (
          <ReactCompareSlider className={styles.fill} itemOne={before} itemTwo={after} />
        ) : isSecond ? (
          after
        ) : (
          before
        )}
        <span className={styles.over}>{isWipe ? `fp32 | ${name}` : isSecond ? name : 'fp32'}</span>
      </div>
    </div>
  )
}
