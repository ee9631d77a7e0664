import { CircleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import type { ColumnResult } from '../../../../contract/precision-results'
import { Chip, Tag } from '../../../ui/chip'
import { cx } from '../../../ui/cx'
import { sentences } from '../../../ui/format'
import { usePrecision } from '../context'
import type { ShownColumn } from './comparison-store'
import styles from './results-table.module.css'
import { bestOf, tableColumns, type TableColumn } from './table-columns'
import { columnWords, recipeDetail } from './words'

/** What every precision costs and how far it is from the reference; bold marks the best of a column. */
export function ResultsTable({ columns }: { readonly columns: readonly ShownColumn[] }) {
  const { view } = usePrecision()
  const chosen = useStore(view, (state) => state.column)
  const results = columns.flatMap(({ result }) => (result === null || result.failure !== null ? [] : [result]))
  const figures = tableColumns(results)
  const best = new Map(figures.map((figure) => [figure.key, bestOf(figure, results)]))
  return (
    <div className={styles.frame} data-region="figures">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Precision</th>
            {figures.map(({ key, title, meaning }) => (
              <th key={key} scope="col" title={meaning}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map(({ recipe, result }, index) => (
            <tr key={index} data-chosen={(index === chosen && index > 0) || undefined}>
              <th scope="row">
                <button
                  type="button"
                  className={styles.name}
                  onClick={() => view.setState({ column: Math.max(1, index) })}
                >
                  <b>{columnWords[recipe.column]}</b>
                  <span>{index === 0 ? 'reference' : recipeDetail(recipe)}</span>
                </button>
                {result === null ? null : <Tag>{result.truth.arithmetic}</Tag>}
              </th>
              <Figures result={result} figures={figures} best={best} results={results} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface FiguresProps {
  readonly result: ColumnResult | null
  readonly figures: readonly TableColumn[]
  readonly best: ReadonlyMap<string, ReadonlySet<ColumnResult>>
  readonly results: readonly ColumnResult[]
}

function Figures({ result, figures, best, results }: FiguresProps) {
  if (result === null) {
    return (
      <td colSpan={Math.max(1, figures.length)} className={styles.waiting}>
        not measured yet
      </td>
    )
  }
  if (result.failure !== null) {
    return (
      <td colSpan={Math.max(1, figures.length)} className={styles.failed}>
        <Chip tone="fail" icon={<CircleAlert size={12} aria-hidden />}>
          could not be made
        </Chip>
        {sentences(result.failure.message, result.failure.remedy)}
      </td>
    )
  }
  return figures.map((figure) => (
    <td key={figure.key} className={cx(best.get(figure.key)?.has(result) && styles.best)}>
      {figure.hasBar === true ? <Bar figure={figure} result={result} results={results} /> : null}
      {figure.words(result)}
    </td>
  ))
}

/** The figure beside the largest of its column. */
function Bar({
  figure,
  result,
  results,
}: Pick<FiguresProps, 'results'> & { figure: TableColumn; result: ColumnResult }) {
  const most = Math.max(...results.map((one) => figure.value(one) ?? 0))
  const share = most > 0 ? (figure.value(result) ?? 0) / most : 0
  return <i className={styles.bar} style={{ width: Math.max(2, 32 * share) }} aria-hidden />
}
