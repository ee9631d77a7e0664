import { useMemo } from 'react'
import { Figure } from './figure'
import { MarkLayer } from './mark-layer'
import { squarify } from './squarify'
import styles from './treemap.module.css'

export interface TreemapTile {
  readonly key: string
  readonly label: string
  /** Its share of the area; positive. */
  readonly value: number
  /** Where on the ramp it stands, 0 to 1; null where that is not known. */
  readonly heat: number | null
  /** The value in words, drawn where there is room. */
  readonly figure: string
  /** All about it, for the pointer and for those who hear it. */
  readonly words: string
}

interface TreemapProps {
  readonly title: string
  readonly note: string
  readonly summary: string
  /** The largest first. */
  readonly tiles: readonly TreemapTile[]
  /** The ends of the ramp, in words. */
  readonly scale: { readonly low: string; readonly high: string; readonly name: string } | null
  readonly selected: string | null
  readonly hovered: string | null
  readonly height: number
  readonly onSelect: (key: string) => void
  readonly onHover: (key: string | null) => void
}

const gap = 1
const stops = 9

/** Areas by one quantity, colour by another. */
export function Treemap(props: TreemapProps) {
  const { title, note, summary, tiles, scale, selected, hovered, height, onSelect, onHover } = props
  const at = tiles.findIndex(({ key }) => key === selected)
  return (
    <Figure
      title={title}
      note={note}
      summary={summary}
      height={height}
      legend={scale === null ? undefined : <Scale {...scale} />}
      table={{ head: ['Part', 'Figures'], rows: tiles.map(({ label, words }) => [label, words]) }}
      layer={(width) => (
        <>
          <MarkLayer
            label={title}
            count={tiles.length}
            at={at}
            words={(place) => `${tiles[place]!.label}: ${tiles[place]!.words}`}
            onMove={(place) => onSelect(tiles[place]!.key)}
            width={width}
            height={height}
          />
          <Tiles {...{ tiles, width, height, selected, hovered, onSelect, onHover }} />
        </>
      )}
    >
      {() => null}
    </Figure>
  )
}

type TilesProps = Pick<TreemapProps, 'tiles' | 'height' | 'selected' | 'hovered' | 'onSelect' | 'onHover'> & {
  readonly width: number
}

function Tiles({ tiles, width, height, selected, hovered, onSelect, onHover }: TilesProps) {
  const places = useMemo(
    () =>
      squarify(
        tiles.map(({ value }) => value),
        { x: 0, y: 0, width, height },
      ),
    [tiles, width, height],
  )
  return (
    <g onPointerLeave={() => onHover(null)} aria-hidden>
      {tiles.map((tile, index) => {
        const place = places[index]
        if (place === undefined || place.width < 1.5 || place.height < 1.5) return null
        const step = tile.heat === null ? null : Math.round(tile.heat * (stops - 1))
        const isWide = place.width > 46 && place.height > 22
        const letters = Math.floor((place.width - 14) / 6.3)
        return (
          <g
            key={tile.key}
            className={styles.tile}
            data-on={tile.key === selected || undefined}
            data-hovered={tile.key === hovered || undefined}
            data-dark={step === null ? undefined : step < 5}
            onClick={() => onSelect(tile.key)}
            onPointerEnter={() => onHover(tile.key)}
          >
            <title>{`${tile.label}: ${tile.words}`}</title>
            <rect
              x={place.x + gap / 2}
              y={place.y + gap / 2}
              width={Math.max(0.5, place.width - gap)}
              height={Math.max(0.5, place.height - gap)}
              rx={2}
              fill={step === null ? 'var(--chart-3)' : `var(--ramp-${step})`}
            />
            {isWide ? (
              <text className={styles.name} x={place.x + 8} y={place.y + 18}>
                {cut(tile.label, letters)}
              </text>
            ) : null}
            {isWide && place.height > 40 ? (
              <text x={place.x + 8} y={place.y + 33}>
                {cut(tile.figure, letters)}
              </text>
            ) : null}
          </g>
        )
      })}
    </g>
  )
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text
  return most < 3 ? '' : `${text.slice(0, most - 1)}…`
}

function Scale({ low, high, name }: NonNullable<TreemapProps['scale']>) {
  return (
    <span className={styles.scale}>
      {name} {low}
      <i />
      {high}
    </span>
  )
}
