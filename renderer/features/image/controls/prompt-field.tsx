import { useRef } from 'react'
import type { PromptTokens } from '../../../../contract/images'
import { cx } from '../../../ui/cx'
import { generate } from '../actions'
import { useImageFeature } from '../feature'
import { changeDraft } from '../form-store'
import { leaveHistory, stepPrompt } from '../prompt-history'
import { useDraft, useProblem } from '../selectors'
import { Problem } from './problem'
import styles from './prompt-field.module.css'

interface PromptFieldProps {
  readonly tokens: readonly PromptTokens[]
}

/**
 * The prompt, which grows with its text. A copy of the text lies behind it: it gives the field its height, and shows
 * where the encoders stop reading.
 */
export function PromptField({ tokens }: PromptFieldProps) {
  const feature = useImageFeature()
  const { form, history } = feature
  const field = useRef<HTMLTextAreaElement>(null)
  const prompt = useDraft((draft) => draft.prompt)
  const problem = useProblem('prompt')
  const cut = firstCut(tokens, prompt.length)

  function step(direction: 1 | -1): void {
    const text = stepPrompt(history, form.getState().draft.prompt, direction)
    if (text !== null) changeDraft(form, { prompt: text })
  }

  return (
    <>
      <div className={cx(styles.area, problem !== null && styles.invalid)}>
        <div className={styles.copy} aria-hidden>
          {cut === null ? (
            prompt
          ) : (
            <>
              {prompt.slice(0, cut.at)}
              <mark className={styles.cut}>{prompt.slice(cut.at)}</mark>
            </>
          )}
          {'\n'}
        </div>
        <textarea
          ref={field}
          className={styles.text}
          data-field="prompt"
          aria-label="Prompt"
          aria-invalid={problem !== null}
          aria-describedby="prompt-problem prompt-cut"
          placeholder="What the picture shows"
          spellCheck
          value={prompt}
          onChange={(event) => {
            leaveHistory(history)
            changeDraft(form, { prompt: event.target.value })
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || !event.altKey) return
            if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
            event.preventDefault()
            step(event.key === 'ArrowUp' ? 1 : -1)
          }}
        />
      </div>
      <Problem id="prompt-problem" text={problem} />
      {cut === null ? null : (
        <p className={styles.note} id="prompt-cut">
          {cut.encoders.join(' and ')} {cut.encoders.length === 1 ? 'reads' : 'read'} up to the underlined part.
        </p>
      )}
    </>
  )
}

interface Cut {
  readonly at: number
  readonly encoders: readonly string[]
}

/** The first place at which some encoder stops reading, and which encoders have stopped by the end. */
export function firstCut(tokens: readonly PromptTokens[], length: number): Cut | null {
  const cuts = tokens.filter((one): one is PromptTokens & { cutAt: number } => one.cutAt !== null && one.cutAt < length)
  if (cuts.length === 0) return null
  return { at: Math.min(...cuts.map(({ cutAt }) => cutAt)), encoders: cuts.map(({ encoder }) => encoder) }
}

/** Puts the cursor into the first field that is wrong. */
export function focusProblem(problems: Readonly<Record<string, string>>): void {
  const first = Object.keys(problems)[0]
  if (first === undefined) return
  const name = first.split('.')[0]
  const element = document.querySelector<HTMLElement>(`[data-field="${name}"]`)
  const target = element?.matches('input, textarea, button')
    ? element
    : element?.querySelector<HTMLElement>('input, button')
  target?.focus()
}

/** Sends the form off, or shows what is missing. */
export async function submit(feature: Parameters<typeof generate>[0], first = false): Promise<void> {
  const problems = await generate(feature, first)
  if (problems !== null) focusProblem(problems)
}
