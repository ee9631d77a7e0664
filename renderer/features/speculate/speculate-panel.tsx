import { useEffect } from 'react'
import { useStore } from 'zustand'
import { isJobOf } from '../../../contract/jobs'
import { useStudio } from '../../studio/context'
import { runningJob } from '../../studio/jobs-state'
import { ErrorNote } from '../../ui/error-note'
import { announce } from '../../ui/live-region'
import { Spinner } from '../../ui/spinner'
import { loadDrafts, loadExamples, pickUpRunning, removeFromForm, settleModel, startRace } from './actions'
import { Bench } from './bench'
import { loadCalibration } from './calibrate'
import { TokenCard } from './card/token-card'
import { SpeculateContext, useSpeculate } from './context'
import { DropLayer } from './drop-layer'
import { EmptyBench } from './empty/empty-bench'
import { LoadingStages } from './empty/loading-stages'
import { ExampleBar } from './example/example-bar'
import { speculateFeatureOf } from './feature'
import { useSpeculateKeys } from './keys'
import { createRaceTeller } from './race-teller'
import { RunsDrawer } from './runs/runs-drawer'
import styles from './speculate-panel.module.css'
import { PromptRow } from './strip/prompt-row'
import { Strip } from './strip/strip'

/** Races of decoding strategies: the settings on top, the bench below, the replay at the foot. */
export function SpeculatePanel() {
  const studio = useStudio()
  const feature = speculateFeatureOf(studio)
  const modelId = useStore(feature.form, (state) => state.modelId)
  const precision = useStore(feature.form, (state) => state.precision)
  const isLoaded = useStore(studio.models, (state) => state.isLoaded)
  const generation = useStore(studio.connection, (state) => state.generation)
  useSpeculateKeys(feature)

  useEffect(() => {
    if (isLoaded) settleModel(feature)
  }, [feature, isLoaded])
  const hasRunning = useStore(studio.jobs, (state) => isJobOf('race', runningJob(state)))
  useEffect(() => {
    if (isLoaded && hasRunning) pickUpRunning(feature)
  }, [feature, isLoaded, hasRunning])
  useEffect(() => {
    void loadExamples(feature)
    void feature.runs.reload()
  }, [feature, generation])
  useEffect(() => {
    if (isLoaded && modelId !== null) void loadCalibration(feature)
  }, [feature, isLoaded, modelId, precision])
  const models = useStore(studio.models, (state) => state.models)
  useEffect(() => {
    if (models.length > 0 && modelId !== null) void loadDrafts(feature)
  }, [feature, models, modelId])
  useEffect(() => {
    const tell = createRaceTeller()
    return feature.race.subscribe(({ race }) => {
      const words = race === null ? null : tell(race)
      if (words !== null) announce(words)
    })
  }, [feature])
  // A panel that nobody sees does not play on.
  useEffect(() => () => feature.playback.pause(), [feature])

  return (
    <SpeculateContext.Provider value={feature}>
      <div className={styles.panel}>
        <Strip />
        <PromptRow />
        <Content />
        <TokenCard />
        <RunsDrawer />
        <DropLayer />
      </div>
    </SpeculateContext.Provider>
  )
}

function Content() {
  const feature = useSpeculate()
  const isRunning = useStore(feature.race, ({ race }) => race?.isRunning === true)
  const failure = useStore(feature.bench, (state) => state.failure)
  const isOpening = useStore(feature.bench, (state) => state.isOpening)
  const hasRounds = useStore(feature.race, ({ race }) => race?.runs.some(({ roundCount }) => roundCount > 0) === true)
  // The example is explained first; its whole bench is a press away.
  const isExplained = useStore(feature.view, (state) => state.isExplained)
  const isIntroduced = useStore(feature.race, ({ race }) => race?.recorded != null) && isExplained
  const showsBench = hasRounds && !isIntroduced
  const refused = failure?.field === undefined ? null : /^strategies\.(\d+)/.exec(failure.field)
  const note =
    failure === null ? null : (
      <ErrorNote
        failure={failure}
        size={showsBench ? 'row' : 'stage'}
        actions={[
          ...(refused === null
            ? []
            : [{ label: 'Race without it', run: () => removeFromForm(feature, Number(refused[1])) }]),
          { label: 'Race again', run: () => void startRace(feature) },
          { label: 'Open a saved race', run: () => feature.view.setState({ isRunsOpen: true }) },
        ]}
      />
    )
  if (showsBench) {
    return (
      <>
        {note === null ? null : <div className={styles.note}>{note}</div>}
        <ExampleBar />
        <Bench />
      </>
    )
  }
  return (
    <div className={styles.stage}>
      {note ??
        (isOpening ? (
          <p role="status" className={styles.opening}>
            <Spinner /> Opening the race
          </p>
        ) : isRunning ? (
          <LoadingStages />
        ) : (
          <EmptyBench />
        ))}
    </div>
  )
}
