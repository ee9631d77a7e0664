import { BookOpen, ChevronRight, History } from 'lucide-react'
import { useStore } from 'zustand'
import { IconButton } from '../../../ui/button'
import { ChangedDot } from '../../../ui/changed-dot'
import { cx } from '../../../ui/cx'
import { Popover } from '../../../ui/popover'
import { Section } from '../../../ui/section'
import { useImageFeature } from '../feature'
import { changeDraft, revertField } from '../form-store'
import { useCurrentModel, useDraft, useWas } from '../selectors'
import { PromptField } from './prompt-field'
import { PromptHistoryList } from './prompt-history-list'
import styles from './prompt-section.module.css'
import { TokenMeters } from './token-meters'
import { useTokenCounts } from './use-token-counts'
import { VocabularyList } from './vocabulary-list'

export function PromptSection() {
  const { form } = useImageFeature()
  const prompt = useDraft((draft) => draft.prompt)
  const was = useWas('prompt')
  const tokens = useTokenCounts(prompt)
  const vocabulary = useCurrentModel()?.image?.vocabulary
  return (
    <Section
      title={
        <span className={styles.title}>
          Prompt
          <ChangedDot name="Prompt" was={was} onRevert={() => revertField(form, 'prompt')} />
        </span>
      }
      end={
        <>
          {vocabulary === undefined ? null : (
            <Popover
              label="What the model knows"
              placement="right top"
              trigger={
                <IconButton label="What the model knows">
                  <BookOpen size={14} strokeWidth={1.75} />
                </IconButton>
              }
            >
              {() => <VocabularyList vocabulary={vocabulary} />}
            </Popover>
          )}
          <Popover
            label="Earlier prompts"
            trigger={
              <IconButton label="Earlier prompts" keys="Alt+ArrowUp">
                <History size={14} strokeWidth={1.75} />
              </IconButton>
            }
          >
            {(close) => <PromptHistoryList onChosen={close} />}
          </Popover>
        </>
      }
    >
      <PromptField tokens={tokens} />
      <TokenMeters tokens={tokens} />
      <NegativePrompt />
    </Section>
  )
}

function NegativePrompt() {
  const { form } = useImageFeature()
  const isOpen = useStore(form, (state) => state.isNegativeOpen)
  const text = useDraft((draft) => draft.negativePrompt)
  const guidance = useDraft((draft) => draft.guidanceScale)
  const was = useWas('negativePrompt')
  return (
    <div className={styles.negative}>
      <div className={styles.foldRow}>
        <button
          type="button"
          className={styles.fold}
          aria-expanded={isOpen}
          onClick={() => form.setState({ isNegativeOpen: !isOpen })}
        >
          <ChevronRight size={12} strokeWidth={2} className={cx(styles.chevron, isOpen && styles.open)} aria-hidden />
          Negative
          {isOpen ? null : <span className={styles.peek}>{text === '' ? 'none' : text}</span>}
        </button>
        <ChangedDot name="Negative prompt" was={was} onRevert={() => revertField(form, 'negativePrompt')} />
      </div>
      {isOpen ? (
        <>
          <textarea
            className={styles.area}
            aria-label="Negative prompt"
            rows={2}
            value={text}
            placeholder="What the picture must not show"
            onChange={(event) => changeDraft(form, { negativePrompt: event.target.value })}
          />
          {guidance <= 1 && text !== '' ? (
            <p className={styles.hint}>Has no effect while guidance is 1 or below.</p>
          ) : null}
        </>
      ) : null}
    </div>
  )
}
