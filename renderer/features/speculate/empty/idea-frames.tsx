import type { ReactNode } from 'react'
import { cx } from '../../../ui/cx'
import tokens from '../output/token.module.css'
import styles from './idea-frames.module.css'

interface Frame {
  readonly title: string
  readonly words: string
  readonly drawing: ReactNode
}

const draft = ['a', 'short', 'wavelength', 'and']

function Cell({ text, className }: { readonly text: string; readonly className?: string | undefined }) {
  return <span className={cx(styles.cell, className)}>{text}</span>
}

const frames: readonly Frame[] = [
  {
    title: 'Draft',
    words: 'Something cheap guesses the next few tokens: a small model, extra heads, or the text itself.',
    drawing: draft.map((text) => <Cell key={text} text={text} className={styles.pending} />),
  },
  {
    title: 'Check at once',
    words: 'The target reads all guesses in one forward, which costs little more than reading one.',
    drawing: (
      <span className={styles.one}>
        {draft.map((text) => (
          <Cell key={text} text={text} className={styles.pending} />
        ))}
        <i>one forward</i>
      </span>
    ),
  },
  {
    title: 'Keep what it would have said',
    words: 'Guesses pass up to the first wrong one, which the target replaces. The text is its own, only sooner.',
    drawing: (
      <>
        {draft.slice(0, 3).map((text) => (
          <Cell key={text} text={text} className={cx(tokens.token, tokens.accepted)} />
        ))}
        <Cell text="and" className={tokens.refused} />
        <Cell text="so" className={cx(tokens.token, tokens.corrected)} />
      </>
    ),
  },
]

/** The idea of speculative decoding in three pictures. */
export function IdeaFrames() {
  return (
    <ol className={styles.frames}>
      {frames.map(({ title, words, drawing }, index) => (
        <li key={title}>
          <div className={styles.drawing} aria-hidden>
            {drawing}
          </div>
          <h3>
            <span>{index + 1}</span> {title}
          </h3>
          <p>{words}</p>
        </li>
      ))}
    </ol>
  )
}
