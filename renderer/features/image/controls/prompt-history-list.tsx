import { Star } from 'lucide-react'
import { GridList, GridListItem } from 'react-aria-components'
import { useStore } from 'zustand'
import { IconButton } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { Kbd } from '../../../ui/kbd'
import { useImageFeature } from '../feature'
import { changeDraft } from '../form-store'
import { togglePin } from '../prompt-history'
import styles from './prompt-history-list.module.css'

const mostShown = 50

/** Earlier prompts to choose from, the starred ones on top. */
export function PromptHistoryList({ onChosen }: { readonly onChosen: () => void }) {
  const { form, history } = useImageFeature()
  const prompts = useStore(history, (state) => state.prompts)
  const pinned = useStore(history, (state) => state.pinned)
  const entries = [
    ...pinned.map((text) => ({ id: text, isPinned: true })),
    ...prompts
      .filter((text) => !pinned.includes(text))
      .slice(0, mostShown)
      .map((text) => ({ id: text, isPinned: false })),
  ]
  const lastPinned = pinned.length < entries.length ? pinned.at(-1) : undefined
  return (
    <div className={styles.pop}>
      <header className={styles.head}>
        <b>Earlier prompts</b>
        <Kbd keys="Alt+ArrowUp" />
        <Kbd keys="Alt+ArrowDown" />
      </header>
      {entries.length === 0 ? (
        <p className={styles.empty}>Each prompt that you queue is kept here. A star keeps it on top.</p>
      ) : (
        <GridList
          aria-label="Earlier prompts"
          className={styles.list!}
          autoFocus
          selectionMode="none"
          items={entries}
          onAction={(key) => {
            changeDraft(form, { prompt: String(key) })
            onChosen()
          }}
        >
          {({ id: prompt, isPinned }) => (
            <GridListItem
              textValue={prompt}
              className={cx(styles.item, prompt === lastPinned && styles.last)}
              data-pinned={isPinned || undefined}
            >
              <span className={styles.text}>{prompt}</span>
              <IconButton
                label={isPinned ? 'Take the star off' : 'Star: keep it on top'}
                className={styles.pin}
                aria-pressed={isPinned}
                onPress={() => togglePin(history, prompt)}
              >
                <Star size={14} strokeWidth={1.75} />
              </IconButton>
            </GridListItem>
          )}
        </GridList>
      )}
    </div>
  )
}
