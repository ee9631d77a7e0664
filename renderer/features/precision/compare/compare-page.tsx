import { CircleAlert, Download, History } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { isJobOf } from '../../../../contract/jobs'
import { useStudio } from '../../../studio/context'
import { runningJob } from '../../../studio/jobs-state'
import { Button } from '../../../ui/button'
import { download } from '../../../ui/download'
import { ErrorNote } from '../../../ui/error-note'
import { Spinner } from '../../../ui/spinner'
import { usePrecision } from '../context'
import { loadOptions, pickUpRunning, settleModel, startComparison } from './actions'
import { CompareStrip } from './compare-strip'
import styles from './compare-page.module.css'
import type { ShownComparison } from './comparison-store'
import { EmptyComparison } from './empty-comparison'
import { DropLayer } from './pictures/drop-layer'
import { ResultsTable } from './results-table'
import { RunsDrawer } from './runs/runs-drawer'
import { SideColumn } from './side/side-column'
import { BoxesStage } from './stage/boxes-stage'
import { OutputsStage } from './stage/outputs-stage'
import { PictureStage } from './stage/picture-stage'
import { TextStage } from './stage/text-stage'
import { comparisonCsv } from './table-columns'

/** One model at several precisions, on one input. */
export function ComparePage() {
  const feature = usePrecision()
  const { studio, form } = feature
  const isLoaded = useStore(studio.models, (state) => state.isLoaded)
  const modelId = useStore(form, (state) => state.modelId)
  const generation = useStore(studio.connection, (state) => state.generation)
  useEffect(() => {
    if (isLoaded) settleModel(feature)
  }, [feature, isLoaded])
  useEffect(() => {
    if (isLoaded && modelId !== null) void loadOptions(feature)
  }, [feature, isLoaded, modelId, generation])
  const hasRunning = useStore(studio.jobs, (state) => isJobOf('precision', runningJob(state)))
  useEffect(() => {
    if (isLoaded && hasRunning) pickUpRunning(feature)
  }, [feature, isLoaded, hasRunning])
  return (
    <>
      <CompareStrip />
      <Content />
      <RunsDrawer />
      <DropLayer />
    </>
  )
}

function Content() {
  const feature = usePrecision()
  const { shown, failure, isOpening } = useStore(feature.comparison)
  if (isOpening) {
    return (
      <p className={styles.opening} role="status">
        <Spinner /> Opening the comparison
      </p>
    )
  }
  const note =
    failure === null ? null : (
      <ErrorNote
        failure={failure}
        size={shown === null || shown.columns.length === 0 ? 'stage' : 'row'}
        actions={[{ label: 'Run again', run: () => void startComparison(feature) }]}
      />
    )
  if (shown === null || (shown.columns.length === 0 && !shown.isRunning)) {
    return <div className={styles.empty}>{note ?? <EmptyComparison />}</div>
  }
  return (
    <>
      {note === null ? null : <div className={styles.note}>{note}</div>}
      <div className={styles.bench}>
        <div className={styles.main}>
          <Stage shown={shown} />
          <ResultsTable columns={shown.columns} />
          <Foot shown={shown} />
        </div>
        <SideColumn shown={shown} />
      </div>
    </>
  )
}

function Stage({ shown }: { readonly shown: ShownComparison }) {
  const { subject } = shown.settings
  if (shown.columns.length === 0) return <Beginning shown={shown} />
  switch (subject.kind) {
    case 'picture':
      return <PictureStage columns={shown.columns} />
    case 'text':
      return <TextStage columns={shown.columns} prompt={subject.prompt} picture={subject.picture} />
    case 'detection':
      return <BoxesStage columns={shown.columns} pictures={subject.pictures} />
    case 'graph':
      return <OutputsStage columns={shown.columns} />
  }
}

/** Nothing is measured yet: what is being done instead. */
function Beginning({ shown }: { readonly shown: ShownComparison }) {
  const { jobs } = useStudio()
  const job = useStore(jobs, (state) => (shown.jobId === null ? undefined : state.jobs[shown.jobId]))
  return (
    <p className={styles.opening} role="status">
      <Spinner /> {job?.status === 'queued' ? 'Waiting in the queue' : (job?.progress?.label ?? 'Reading the model')}
    </p>
  )
}

function Foot({ shown }: { readonly shown: ShownComparison }) {
  const { view } = usePrecision()
  const results = shown.columns.flatMap(({ result }) => (result === null || result.failure !== null ? [] : [result]))
  return (
    <footer className={styles.foot}>
      <CircleAlert size={12} aria-hidden />
      <span className={styles.words}>
        fp32 is what the errors are against; bold marks the best of a column. {shown.modelName}
        {shown.machine === '' ? '' : `, ${shown.machine}`}
        {shown.isPartial ? ', stopped early' : ''}
      </span>
      <Button size="sm" variant="ghost" onPress={() => view.setState({ isRunsOpen: true })}>
        <History size={14} aria-hidden />
        Runs
      </Button>
      <Button
        size="sm"
        variant="ghost"
        isDisabled={results.length === 0}
        onPress={() => download('precision.csv', 'text/csv', comparisonCsv(results))}
      >
        <Download size={14} aria-hidden />
        CSV
      </Button>
    </footer>
  )
}
