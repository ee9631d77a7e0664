import { Play } from 'lucide-react'
import { useStore } from 'zustand'
import type { SubjectKind } from '../../../../contract/precision'
import { Button } from '../../../ui/button'
import { usePrecision } from '../context'
import { startComparison } from './actions'
import styles from './empty-comparison.module.css'

/** What can be tried on the bundled models without thinking of anything. */
const example = { kind: 'picture', prompt: 'a red apple on a blue background', seed: 7 } as const
const textExample = 'Why is the sky blue?'

const tryWords: Readonly<Record<SubjectKind, string>> = {
  picture: `Draw “${example.prompt}”`,
  text: `Ask “${textExample}”`,
  detection: 'Look at the chosen pictures',
  graph: 'Run the graph',
}

/** Nothing was compared yet: what the page does, and one press that does it. */
export function EmptyComparison() {
  const feature = usePrecision()
  const { form, comparison, view } = feature
  const kind = useStore(form, (state) => state.kind)
  const options = useStore(comparison, (state) => state.options)

  function tryIt(): void {
    if (kind === 'picture') form.setState({ prompt: example.prompt, seed: example.seed })
    if (kind === 'text') form.setState({ prompt: textExample })
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
          {tryWords[kind]}
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
