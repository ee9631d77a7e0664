import { useState } from 'react'
import type { ImageVocabulary } from '../../../../contract/models'
import { SearchInput } from '../../../ui/text-input'
import { withColour, withStyle, withSubject } from '../compose-prompt'
import { useImageFeature } from '../feature'
import { changeDraft } from '../form-store'
import { leaveHistory } from '../prompt-history'
import styles from './vocabulary-list.module.css'

/** All that a small model knows; a click puts the word into the prompt, and the list stays open for the next. */
export function VocabularyList({ vocabulary }: { readonly vocabulary: ImageVocabulary }) {
  const { form, history } = useImageFeature()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const subjects = vocabulary.subjects.filter(({ words }) => words.includes(wanted))

  function put(change: (prompt: string) => string): void {
    leaveHistory(history)
    changeDraft(form, { prompt: change(form.getState().draft.prompt) })
  }

  return (
    <div className={styles.pop}>
      <header className={styles.head}>
        <SearchInput label="Search subjects" placeholder="Search subjects" value={search} onChange={setSearch} />
      </header>
      <div className={styles.scroll}>
        {subjects.length === 0 ? (
          <p className={styles.none}>It knows no “{search.trim()}”.</p>
        ) : (
          <ul className={styles.subjects} aria-label="Subjects">
            {subjects.map(({ words, emoji }) => (
              <li key={words}>
                <button
                  type="button"
                  className={styles.subject}
                  onClick={() => put((prompt) => withSubject(prompt, words, vocabulary.styles))}
                >
                  <span className={styles.emoji} aria-hidden>
                    {emoji}
                  </span>
                  <span className={styles.words}>{words.replace(/^an? /, '')}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Words
        title="Style"
        words={vocabulary.styles}
        onChosen={(style) => put((prompt) => withStyle(prompt, style, vocabulary.styles))}
      />
      <Words
        title="Background"
        words={vocabulary.colours}
        onChosen={(colour) => put((prompt) => withColour(prompt, colour, vocabulary.styles))}
      />
    </div>
  )
}

interface WordsProps {
  readonly title: string
  readonly words: readonly string[]
  readonly onChosen: (word: string) => void
}

function Words({ title, words, onChosen }: WordsProps) {
  return (
    <section className={styles.row} aria-label={title}>
      <h4>{title}</h4>
      <div className={styles.chips}>
        {words.map((word) => (
          <button key={word} type="button" className={styles.chip} onClick={() => onChosen(word)}>
            {word}
          </button>
        ))}
      </div>
    </section>
  )
}
