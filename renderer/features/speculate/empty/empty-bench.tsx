import { Play } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { languageModels, startRace } from '../actions'
import { useSpeculate } from '../context'
import styles from './empty-bench.module.css'
import { IdeaFrames } from './idea-frames'

const fallback = 'Explain why the sky is blue, to a ten-year-old.'

/** What speculative decoding is, and one real race to begin with. */
export function EmptyBench() {
  const feature = useSpeculate()
  const { models } = useStudio()
  const isLoaded = useStore(models, (state) => state.isLoaded)
  const hasModel = useStore(models, (state) =>
    languageModels(state.models).some(({ state: { kind } }) => kind === 'ready'),
  )
  const examples = useStore(feature.bench, (state) => state.examples)
  const total = useStore(feature.runs.store, (state) => state.total)
  const example = examples[0]?.prompt ?? fallback
  return (
    <div className={styles.empty}>
      <h2>Guess ahead, check at once</h2>
      <p className={styles.lead}>
        A language model gives one token a round, and reads all its weights for it. Speculative decoding gets several
        tokens out of one round. Race its kinds on this machine, against plain decoding.
      </p>
      <IdeaFrames />
      {isLoaded && !hasModel ? (
        <p className={styles.missing}>
          No language model yet. Add a folder that holds one, in Settings. Saved races open without it.
        </p>
      ) : null}
      <div className={styles.actions}>
        <Button
          variant="primary"
          size="lg"
          isDisabled={!hasModel}
          onPress={() => {
            feature.form.setState({ prompt: example })
            void startRace(feature)
          }}
        >
          <Play size={14} aria-hidden />
          Race this example
        </Button>
        <q>{example}</q>
        {total > 0 ? (
          <Button variant="ghost" size="lg" onPress={() => feature.view.setState({ isRunsOpen: true })}>
            Open a saved race
          </Button>
        ) : null}
      </div>
    </div>
  )
}
