import { Play } from 'lucide-react'
import { useStore } from 'zustand'
import type { Model } from '../../../../contract/models'
import type { SubjectKind } from '../../../../contract/precision'
import { Button } from '../../../ui/button'
import { usePrecision } from '../context'
import { startComparison } from './actions'
import { exampleQuestion, seesPictures, useFormModel } from './asked/asked-picture'
import styles from './empty-comparison.module.css'

/** What can be tried on the bundled models without thinking of anything. */
const example = { prompt: 'a red apple on a blue background', seed: 7 } as const
const textExample = 'Why is the sky blue?'

/** What is tried with a model: its words, where it takes any. */
function exampleOf(kind: SubjectKind, model: Model | null): { readonly words: string; readonly prompt: string | null } {
  switch (kind) {
    case 'picture': {
      // A conversation is asked for a picture in a sentence, as its own examples are.
      const prompt = model?.family === 'bagel' ? (model.chat?.prompts[0] ?? example.prompt) : example.prompt
      return { words: model?.family === 'bagel' ? `Ask “${prompt}”` : `Draw “${prompt}”`, prompt }
    }
    case 'text': {
      const prompt = seesPictures(model) ? exampleQuestion : textExample
      return { words: `Ask “${prompt}”`, prompt }
    }
    case 'detection':
      return { words: 'Look at the chosen pictures', prompt: null }
    case 'graph':
      return { words: 'Run the graph', prompt: null }
  }
}

/** Nothing was compared yet: what the page does, and one press that does it. */
export function EmptyComparison() {
  const feature = usePrecision()
  const { form, comparison, view } = feature
  const kind = useStore(form, (state) => state.kind)
  const options = useStore(comparison, (state) => state.options)
  const { words, prompt } = exampleOf(kind, useFormModel())

  function tryIt(): void {
    if (prompt !== null) form.setState({ prompt })
    if (kind === 'picture') form.setState({ seed: example.seed })
    void startComparison(feature)
  }

  return (
    <div className={styles.empty}>
      <h2>What does a precision cost?</h2>
      <p>
        One model runs at fp32 and at the precisions you choose, on the same input and the same noise. You see what
        changes, where in the network it begins, and what it saves: bytes, milliseconds, memory.
      </p>
      <div className={styles.actions}>
        <Button variant="primary" size="lg" isDisabled={options === null} onPress={tryIt}>
          <Play size={14} aria-hidden />
          {words}
        </Button>
        <Button size="lg" onPress={() => view.setState({ isRunsOpen: true })}>
          Open an earlier run
        </Button>
        <Button size="lg" onPress={() => view.setState({ page: 'numbers' })}>
          Look at one number
        </Button>
      </div>
    </div>
  )
}
