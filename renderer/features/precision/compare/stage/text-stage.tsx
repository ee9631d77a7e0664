import { useStore } from 'zustand'
import type { ComparedPicture } from '../../../../../contract/precision'
import type { ColumnOutput } from '../../../../../contract/precision-results'
import { useStudio } from '../../../../studio/context'
import { Spinner } from '../../../../ui/spinner'
import { usePrecision } from '../../context'
import type { ShownColumn } from '../comparison-store'
import { columnWords } from '../words'
import { DivergenceLine } from './divergence-line'
import styles from './text-stage.module.css'

type TextOutput = Extract<ColumnOutput, { kind: 'text' }>

interface TextStageProps {
  readonly columns: readonly ShownColumn[]
  readonly prompt: string
  /** What the prompt asks about; null where it asks about none. */
  readonly picture: ComparedPicture | null
}

/** What each precision writes, marked from the token on where it leaves the reference, with its divergence token by token. */
export function TextStage({ columns, prompt, picture }: TextStageProps) {
  const { assetUrl } = useStudio()
  return (
    <section className={styles.stage} aria-label="Texts" data-region="texts">
      {picture === null ? null : (
        <figure className={styles.asked}>
          <img src={assetUrl(picture.assetId)} alt={`What was asked about: ${picture.name}`} draggable={false} />
          <figcaption>{prompt}</figcaption>
        </figure>
      )}
      {columns.map((column, index) => (
        <TextRow key={index} column={column} index={index} />
      ))}
    </section>
  )
}

function TextRow({ column: { recipe, result }, index }: { readonly column: ShownColumn; readonly index: number }) {
  const { view, comparison } = usePrecision()
  const chosen = useStore(view, (state) => state.column)
  const isCurrent = useStore(comparison, ({ shown }) => shown?.current === index)
  const output = result?.output?.kind === 'text' ? result.output : null
  return (
    <article className={styles.row} data-chosen={(index === chosen && index > 0) || undefined}>
      <header className={styles.head}>
        <b>{columnWords[recipe.column]}</b>
        <span>{index === 0 ? 'reference, most likely token each time' : divergenceWords(output)}</span>
      </header>
      {output === null ? (
        <p className={styles.waiting}>
          {result?.failure?.message ?? (isCurrent ? <Spinner /> : 'Waiting for its turn')}
        </p>
      ) : (
        <>
          <p className={styles.text}>
            {output.written.map(({ text }, place) => (
              <span key={place} data-parted={(output.divergesAt !== null && place >= output.divergesAt) || undefined}>
                {text}
              </span>
            ))}
          </p>
          {index === 0 ? null : <DivergenceLine tokens={output.tokens} name={columnWords[recipe.column]} />}
        </>
      )}
    </article>
  )
}

function divergenceWords(output: TextOutput | null): string {
  if (output === null) return ''
  const { divergesAt, tokens, written } = output
  const same = tokens.filter(({ top, token }) => top === token).length
  const parted =
    divergesAt === null
      ? 'writes the same text'
      : `leaves the reference at token ${divergesAt + 1} of ${written.length}`
  return `${parted}; ${same} of ${tokens.length} first choices are the reference’s`
}
