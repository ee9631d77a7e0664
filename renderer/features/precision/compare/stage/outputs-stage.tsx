import type { ColumnOutput } from '../../../../../contract/precision-results'
import type { ShownColumn } from '../comparison-store'
import { columnWords, decibelWords } from '../words'
import styles from './outputs-stage.module.css'

type GraphOutput = Extract<ColumnOutput, { kind: 'graph' }>

/** How far each output of one graph is from the reference's, precision by precision. */
export function OutputsStage({ columns }: { readonly columns: readonly ShownColumn[] }) {
  const outputs = columns.flatMap(({ result }) => (result?.output?.kind === 'graph' ? [result.output] : []))
  const names = outputs[0]?.outputs ?? []
  return (
    <section className={styles.stage} aria-label="Outputs" data-region="outputs">
      {names.length === 0 ? (
        <p className={styles.waiting}>The reference runs first.</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Output</th>
              {columns.slice(1).map(({ recipe }, index) => (
                <th key={index} scope="col">
                  {columnWords[recipe.column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map(({ name, shape }, place) => (
              <tr key={name}>
                <th scope="row">
                  <b>{name}</b> <span>{shape.length === 0 ? 'one number' : shape.join(' × ')}</span>
                </th>
                {columns.slice(1).map((column, index) => (
                  <td key={index}>{cell(column, place)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function cell({ result }: ShownColumn, place: number): string {
  const output = result?.output?.kind === 'graph' ? (result.output satisfies GraphOutput) : null
  const errors = output?.outputs[place]?.errors
  if (errors === undefined) return result?.failure == null ? '…' : 'could not be made'
  const finite = errors.notFinite === 0 ? '' : `, ${errors.notFinite} not finite`
  return `${decibelWords(errors.sqnr)}, at most ${errors.maxAbsolute?.toPrecision(3) ?? '–'}${finite}`
}
