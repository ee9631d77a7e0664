import { useRef, type ReactNode } from 'react'
import styles from './figure.module.css'
import './token-origin.css'
import { useChartWidth } from './use-chart-width'

export interface ChartTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

interface FigureProps {
  readonly title: string
  /** The unit or the condition, in grey. */
  readonly note?: ReactNode
  readonly legend?: ReactNode
  /** What the chart shows, in one sentence. */
  readonly summary: string
  readonly table: ChartTable
  readonly height: number
  readonly children: (width: number) => ReactNode
  /** What answers to pointer and keys, over the drawing. */
  readonly layer?: (width: number) => ReactNode
}

/** A chart with its heading, a name for those who cannot see it, and its figures as a table. */
export function Figure({ title, note, legend, summary, table, height, children, layer }: FigureProps) {
  const element = useRef<HTMLElement>(null)
  const width = useChartWidth(element)
  return (
    <figure ref={element} className={styles.figure} data-chart={title}>
      <figcaption className={styles.head}>
        <h3>{title}</h3>
        {note === undefined ? null : <span className={styles.note}>{note}</span>}
        {legend === undefined ? null : <span className={styles.legend}>{legend}</span>}
      </figcaption>
      <svg className={styles.chart} width={width} height={height}>
        <g role="img" aria-label={summary}>
          {children(width)}
        </g>
        {layer?.(width)}
      </svg>
      <HiddenTable caption={title} {...table} />
    </figure>
  )
}

export function HiddenTable({ caption, head, rows }: ChartTable & { readonly caption: string }) {
  return (
    <table className="visually-hidden">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {row.map((cell, at) => (
              <td key={at}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A mark and its word, for the heading row: one of the theory lines, or a colour. */
export function Key({ mark, children }: { readonly mark: string; readonly children: ReactNode }) {
  return (
    <span className={styles.key}>
      {mark === 'theory' || mark === 'optimist' ? (
        <svg width="16" height="4" aria-hidden>
          <line x1="0" x2="16" y1="2" y2="2" className={styles[mark]} />
        </svg>
      ) : (
        <i style={{ background: mark }} />
      )}
      {children}
    </span>
  )
}
