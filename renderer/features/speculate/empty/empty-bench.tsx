import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { languageModels } from '../actions'
import { useRace, useSpeculate } from '../context'
import { ExampleBar } from '../example/example-bar'
import { showExample } from '../example/show-example'
import { OutputSection } from '../output/output-section'
import { RaceSection } from '../race/race-section'
import { Scrubber } from '../scrubber/scrubber'
import styles from './empty-bench.module.css'
import { IdeaFrames } from './idea-frames'

/** What speculative decoding is, in three frames and in a race that was recorded. */
export function EmptyBench() {
  const feature = useSpeculate()
  const { models } = useStudio()
  const isLoaded = useStore(models, (state) => state.isLoaded)
  const hasModel = useStore(models, (state) =>
    languageModels(state.models).some(({ state: { kind } }) => kind === 'ready'),
  )
  const total = useStore(feature.runs.store, (state) => state.total)
  const hasExample = useRace()?.recorded != null
  useEffect(() => {
    if (!hasExample) void showExample(feature)
  }, [feature, hasExample])
  return (
    <div className={styles.empty}>
      <div className={styles.page}>
        <header className={styles.intro}>
          <h2>Guess ahead, check at once</h2>
          {total > 0 ? (
            <Button variant="ghost" size="sm" onPress={() => feature.view.setState({ isRunsOpen: true })}>
              Open a saved race
            </Button>
          ) : null}
          <p>
            A language model gives one token a round, and reads all its weights for it. Speculative decoding gets
            several tokens out of one round. Race its kinds on this machine, against plain decoding.
          </p>
        </header>
        <IdeaFrames />
        {isLoaded && !hasModel ? (
          <p className={styles.missing}>
            No language model yet. Add a folder that holds one, in Settings. Saved races open without it.
          </p>
        ) : null}
        {hasExample ? (
          <section className={styles.example} aria-label="Recorded example">
            <ExampleBar />
            <RaceSection />
            <OutputSection />
          </section>
        ) : null}
      </div>
      {hasExample ? <Scrubber /> : null}
    </div>
  )
}
