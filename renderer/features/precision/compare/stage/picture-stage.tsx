import { useStore } from 'zustand'
import { ReactCompareSlider } from 'react-compare-slider'
import type { ColumnResult } from '../../../../../contract/precision-results'
import { useStudio } from '../../../../studio/context'
import { Segmented } from '../../../../ui/segmented'
import { SliderField } from '../../../../ui/slider-field'
import { cx } from '../../../../ui/cx'
import { usePrecision } from '../../context'
import type { ShownColumn } from '../comparison-store'
import { columnWords, headline } from '../words'
import { DifferencePicture } from './difference-picture'
import { Pane } from './pane'
import styles from './picture-stage.module.css'
import { useBlink } from './use-blink'

interface PictureStageProps {
  readonly columns: readonly ShownColumn[]
}

type Drawn = ColumnResult & { readonly output: Extract<ColumnResult['output'], { kind: 'picture' }> }

/** The pictures that each precision drew: beside each other with one cursor, wiped, in turns, or their difference. */
export function PictureStage({ columns }: PictureStageProps) {
  const { view } = usePrecision()
  const mode = useStore(view, (state) => state.mode)
  return (
    <section className={styles.stage} aria-label="Pictures" data-region="pictures">
      <div className={styles.bar}>
        <Segmented
          label="How the pictures are compared"
          size="sm"
          value={mode}
          options={[
            { key: 'side', label: 'Side by side' },
            { key: 'wipe', label: 'Wipe' },
            { key: 'blink', label: 'Blink' },
            { key: 'difference', label: 'Difference' },
          ]}
          onChange={(next) => view.setState({ mode: next })}
        />
        <Gain />
        <span className={styles.note}>One noise, one schedule, one device</span>
      </div>
      {mode === 'side' ? <SideBySide columns={columns} /> : null}
      {mode === 'difference' ? <Differences columns={columns} /> : null}
      {mode === 'wipe' || mode === 'blink' ? <Pair columns={columns} isWipe={mode === 'wipe'} /> : null}
    </section>
  )
}

function Gain() {
  const { view } = usePrecision()
  const mode = useStore(view, (state) => state.mode)
  const gain = useStore(view, (state) => state.gain)
  if (mode !== 'difference') return null
  return (
    <div className={styles.gain}>
      <Segmented
        label="Scale of the differences"
        size="sm"
        value={gain === null ? 'own' : 'one'}
        options={[
          { key: 'own', label: 'Own scale' },
          { key: 'one', label: 'One scale' },
        ]}
        onChange={(key) => view.setState({ gain: key === 'own' ? null : 16 })}
      />
      {gain === null ? null : (
        <SliderField
          label="Times"
          value={gain}
          min={1}
          max={64}
          step={1}
          onChange={(next) => view.setState({ gain: next })}
        />
      )}
    </div>
  )
}

function drawn(result: ColumnResult | null): Drawn | null {
  return result?.output?.kind === 'picture' ? (result as Drawn) : null
}

function SideBySide({ columns }: PictureStageProps) {
  return (
    <>
      <div className={styles.panes}>
        {columns.map((column, index) => (
          <Pane key={index} column={column} index={index} />
        ))}
      </div>
      <DifferenceRow columns={columns} />
    </>
  )
}

/** Under each picture where it differs, on a scale of its own; the reference's place explains the colours. */
function DifferenceRow({ columns }: PictureStageProps) {
  const { assetUrl } = useStudio()
  const reference = drawn(columns[0]?.result ?? null)
  const others = columns
    .slice(1)
    .map(({ recipe, result }) => ({ name: columnWords[recipe.column], own: drawn(result) }))
  if (reference === null || others.every(({ own }) => own === null)) return null
  return (
    <div className={cx(styles.panes, styles.differences)}>
      <p className={styles.about}>
        <b>Difference from fp32</b>
        Blue where a precision is darker, orange where it is lighter; each on its own scale.
      </p>
      {others.map(({ name, own }, index) => (
        <figure key={index} className={styles.pane}>
          {own === null ? null : (
            <DifferencePicture
              reference={assetUrl(reference.output.assetId)}
              own={assetUrl(own.output.assetId)}
              width={own.output.width}
              height={own.output.height}
              gain={null}
              name={name}
            />
          )}
        </figure>
      ))}
    </div>
  )
}

function Differences({ columns }: PictureStageProps) {
  const { assetUrl } = useStudio()
  const { view } = usePrecision()
  const gain = useStore(view, (state) => state.gain)
  const reference = drawn(columns[0]?.result ?? null)
  return (
    <div className={styles.panes}>
      {columns.slice(1).map(({ recipe, result }, index) => {
        const own = drawn(result)
        return (
          <figure key={index} className={styles.pane}>
            <figcaption>
              <b>{columnWords[recipe.column]}</b>
              <span>minus fp32</span>
              {own === null ? null : <span className={styles.error}>{headline(own)}</span>}
            </figcaption>
            {own === null || reference === null ? (
              <div className={styles.empty}>{result?.failure?.message ?? 'Not drawn yet'}</div>
            ) : (
              <DifferencePicture
                reference={assetUrl(reference.output.assetId)}
                own={assetUrl(own.output.assetId)}
                width={own.output.width}
                height={own.output.height}
                gain={gain}
                name={columnWords[recipe.column]}
              />
            )}
          </figure>
        )
      })}
    </div>
  )
}

/** The reference and the chosen precision in one place. */
function Pair({ columns, isWipe }: PictureStageProps & { readonly isWipe: boolean }) {
  const { assetUrl } = useStudio()
  const { view } = usePrecision()
  const chosen = useStore(view, (state) => state.column)
  const column = columns[chosen] ?? columns[1]
  const one = drawn(columns[0]?.result ?? null)
  const two = drawn(column?.result ?? null)
  const isSecond = useBlink(!isWipe)
  if (one === null || two === null || column === undefined) {
    return <div className={styles.empty}>{column?.result?.failure?.message ?? 'Not drawn yet'}</div>
  }
  const name = columnWords[column.recipe.column]
  const picture = (id: string, alt: string) => (
    <img src={assetUrl(id)} alt={alt} className={styles.image} draggable={false} />
  )
  return (
    <div className={styles.pair} style={{ aspectRatio: `${one.output.width} / ${one.output.height}` }}>
      {isWipe ? (
        <ReactCompareSlider
          className={styles.fill}
          itemOne={picture(one.output.assetId, 'fp32')}
          itemTwo={picture(two.output.assetId, name)}
        />
      ) : (
        picture(isSecond ? two.output.assetId : one.output.assetId, isSecond ? name : 'fp32')
      )}
      <span className={styles.caption}>{isWipe ? `fp32 | ${name}` : isSecond ? name : 'fp32'}</span>
    </div>
  )
}
