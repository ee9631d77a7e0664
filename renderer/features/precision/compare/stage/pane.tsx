import { useRef, type CSSProperties, type PointerEvent } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../../studio/context'
import { Spinner } from '../../../../ui/spinner'
import { usePrecision } from '../../context'
import type { ShownColumn } from '../comparison-store'
import { columnWords, headline } from '../words'
import styles from './picture-stage.module.css'
import { pixelAt, usePixels } from './pixels'

interface PaneProps {
  readonly column: ShownColumn
  /** 0 is the reference. */
  readonly index: number
}

/** One precision's picture, under the cursor that all panes share. */
export function Pane({ column: { recipe, result }, index }: PaneProps) {
  const { assetUrl } = useStudio()
  const { view, comparison } = usePrecision()
  const chosen = useStore(view, (state) => state.column)
  const isCurrent = useStore(comparison, ({ shown }) => shown?.current === index)
  const output = result?.output?.kind === 'picture' ? result.output : null
  const url = output === null ? null : assetUrl(output.assetId)
  return (
    <figure className={styles.pane} data-chosen={(index === chosen && index > 0) || undefined}>
      <figcaption>
        <b>{columnWords[recipe.column]}</b>
        <span>{index === 0 ? 'reference' : (result?.truth.arithmetic ?? '')}</span>
        {result === null || index === 0 || output === null ? null : (
          <span className={styles.error}>{headline(result)}</span>
        )}
      </figcaption>
      {url === null ? (
        <div className={styles.empty}>
          {result?.failure?.message ?? (isCurrent ? <Spinner /> : 'Waiting for its turn')}
        </div>
      ) : (
        <PictureWithCursor
          url={url}
          shape={output === null ? 1 : output.width / output.height}
          name={columnWords[recipe.column]}
          onChoose={() => view.setState({ column: Math.max(1, index) })}
        />
      )}
    </figure>
  )
}

interface PictureWithCursorProps {
  readonly url: string
  /** Width over height. */
  readonly shape: number
  readonly name: string
  readonly onChoose: () => void
}

function PictureWithCursor({ url, shape, name, onChoose }: PictureWithCursorProps) {
  const { view } = usePrecision()
  const box = useRef<HTMLButtonElement>(null)
  const cursor = useStore(view, (state) => state.cursor)
  const pixels = usePixels(url)
  const pixel = cursor === null || pixels === null ? null : pixelAt(pixels, cursor)

  function follow(event: PointerEvent): void {
    const area = box.current?.getBoundingClientRect()
    if (area === undefined) return
    view.setState({
      cursor: { x: (event.clientX - area.left) / area.width, y: (event.clientY - area.top) / area.height },
    })
  }

  return (
    <div className={styles.mapRoom}>
      <button
        ref={box}
        type="button"
        className={styles.picture}
        style={{ '--shape': shape } as CSSProperties}
        onPointerMove={follow}
        onPointerLeave={() => view.setState({ cursor: null })}
        onClick={onChoose}
      >
        <img src={url} alt={`Drawn in ${name}`} className={styles.image} draggable={false} />
        {cursor === null ? null : (
          <>
            <i className={styles.across} style={{ top: `${100 * cursor.y}%` }} />
            <i className={styles.down} style={{ left: `${100 * cursor.x}%` }} />
          </>
        )}
        {pixel === null || cursor === null ? null : (
          <span
            className={styles.value}
            style={{
              ...(cursor.x < 0.6
                ? { left: `calc(${100 * cursor.x}% + 8px)` }
                : { right: `calc(${100 * (1 - cursor.x)}% + 8px)` }),
              ...(cursor.y < 0.8
                ? { top: `calc(${100 * cursor.y}% + 8px)` }
                : { bottom: `calc(${100 * (1 - cursor.y)}% + 8px)` }),
            }}
          >
            {pixel.rgb.join(' ')}
          </span>
        )}
      </button>
    </div>
  )
}
