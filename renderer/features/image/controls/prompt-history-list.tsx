import { ListBox, ListBoxItem } from 'react-aria-components'
import { useStore } from 'zustand'
import { Kbd } from '../../../ui/kbd'
import { useImageFeature } from '../feature'
import { changeDraft } from '../form-store'
import styles from './prompt-history-list.module.css'

export function PromptHistoryList({ onChosen }: { readonly onChosen: () => void }) {
  const { form, history } = useImageFeature()
  const prompts = useStore(history, (state) => state.prompts)
  return (
    <div className={styles.pop}>
      <header className={styles.head}>
        <b>Earlier prompts</b>
        <Kbd keys="Alt+ArrowUp" />
        <Kbd keys="Alt+ArrowDown" />
      </header>
      {prompts.length === 0 ? (
        <p className={styles.empty}>Each prompt that you queue is kept here.</p>
      ) : (
        <ListBox
          aria-label="Earlier prompts"
          className={styles.list!}
          autoFocus
          selectionMode="none"
          onAction={(key) => {
            const prompt = prompts[Number(key)]
            if (prompt !== undefined) changeDraft(form, { prompt })
            onChosen()
          }}
        >
          {prompts.slice(0, 50).map((prompt, index) => (
            <ListBoxItem key={prompt} id={index} textValue={prompt} className={styles.item!}>
              {prompt}
            </ListBoxItem>
          ))}
        </ListBox>
      )}
    </div>
  )
}
