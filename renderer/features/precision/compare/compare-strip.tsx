import { Box, Play, Square } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { Select } from '../../../ui/select'
import { usePrecision } from '../context'
import { PageSwitch } from '../page-switch'
import row from '../strip.module.css'
import { comparableModels, currentModel, startComparison, stopComparison } from './actions'
import { ColumnChoice } from './column-choice'
import styles from './compare-strip.module.css'
import { chooseModel } from './form-store'
import { SubjectFields } from './subject-fields'

/** What is compared in one line: the model, what it is given, the precisions, and the start. */
export function CompareStrip() {
  const feature = usePrecision()
  const { form, comparison } = feature
  const { models } = useStudio()
  const all = useStore(models, (state) => state.models)
  const modelId = useStore(form, (state) => state.modelId)
  const count = useStore(form, (state) => state.columns.length)
  const options = useStore(comparison, (state) => state.options)
  const isRunning = useStore(comparison, ({ shown }) => shown?.isRunning === true)
  const choices = comparableModels(all)
  return (
    <div className={row.strip} data-region="comparison settings">
      <PageSwitch />
      <span className={row.line} aria-hidden />
      <div className={styles.model}>
        <Select
          label="Model"
          size="lg"
          icon={<Box size={14} strokeWidth={1.75} aria-hidden />}
          value={choices.some(({ id }) => id === modelId) ? modelId : null}
          placeholder={choices.length === 0 ? 'No model' : 'Choose a model'}
          options={choices.map(({ id, name, state }) => ({
            key: id,
            label: name,
            disabledReason: state.kind === 'broken' ? state.message : undefined,
          }))}
          onChange={(key) => {
            const chosen = choices.find(({ id }) => id === key)
            if (chosen !== undefined) chooseModel(form, chosen)
          }}
        />
      </div>
      <SubjectFields />
      <ColumnChoice />
      {isRunning ? (
        <Button className={styles.run} onPress={() => void stopComparison(feature)}>
          <Square size={12} aria-hidden />
          <Progress />
        </Button>
      ) : (
        <Button
          className={styles.run}
          variant="primary"
          keys="$mod+Enter"
          isDisabled={currentModel(feature) === null || options === null || count === 0}
          onPress={() => void startComparison(feature)}
        >
          <Play size={12} strokeWidth={2} aria-hidden />
          Run {numberWords[count + 1] ?? count + 1}
        </Button>
      )}
    </div>
  )
}

const numberWords: readonly (string | undefined)[] = [, , 'two', 'three', 'four', 'five', 'six']

/** How far the comparison is, on the button that stops it. */
function Progress() {
  const { comparison } = usePrecision()
  const { jobs } = useStudio()
  const jobId = useStore(comparison, ({ shown }) => shown?.jobId ?? null)
  const job = useStore(jobs, (state) => (jobId === null ? undefined : state.jobs[jobId]))
  if (job?.status === 'queued') return <>Stop, waiting</>
  const { eta = null, label = 'starting' } = job?.progress ?? {}
  return (
    <>
      Stop, {label}
      {eta === null ? '' : `, ${Math.ceil(eta.high)} s left`}
    </>
  )
}
