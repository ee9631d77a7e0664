import { Play, Square, Target } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { useMediaQuery } from '../../../ui/hooks'
import { Select } from '../../../ui/select'
import { currentModel, languageModels, startRace, stopRace } from '../actions'
import { useSpeculate } from '../context'
import { chooseModel } from '../form-store'
import { DrawFields } from './draw-fields'
import { RaceProgress } from './race-progress'
import { SamplingMenu } from './sampling-menu'
import { StrategyChips } from './strategy-chips'
import styles from './strip.module.css'

/** The race's settings in one line: the target, who races it, how tokens are drawn, and the start. */
export function Strip() {
  const feature = useSpeculate()
  const { form } = feature
  const { models } = useStudio()
  const all = useStore(models, (state) => state.models)
  const modelId = useStore(form, (state) => state.modelId)
  const precision = useStore(form, (state) => state.precision)
  const isNarrow = useMediaQuery('(max-width: 1279px)')
  const prompt = useStore(form, (state) => state.prompt)
  const isRunning = useStore(feature.race, (state) => state.race?.isRunning === true)
  const raced = useStore(feature.race, ({ race }) => (race?.recorded == null ? race?.settings.prompt : undefined))
  const choices = languageModels(all)
  const model = choices.find(({ id }) => id === modelId) ?? null
  return (
    <div className={styles.strip} data-region="race settings">
      <div className={styles.model}>
        <Select
          label="Target model"
          size="lg"
          icon={<Target size={14} strokeWidth={1.75} aria-hidden />}
          value={model === null ? null : targetKey(model.id, precision)}
          placeholder={choices.length === 0 ? 'No language model' : 'Choose a model'}
          options={choices.flatMap(({ id, name, state, language }) =>
            (language?.precisions ?? []).map((one) => ({
              key: targetKey(id, one),
              label: name,
              tag: one,
              disabledReason: state.kind === 'broken' ? state.message : undefined,
            })),
          )}
          onChange={(key) => {
            const chosen = choices.find(({ id }) => key.startsWith(`${id} `))
            if (chosen === undefined) return
            if (chosen.id !== modelId) chooseModel(form, chosen)
            form.setState({ precision: key.slice(chosen.id.length + 1) })
          }}
        />
      </div>
      <span className={styles.line} aria-hidden />
      <StrategyChips able={model?.language?.strategies ?? []} trees={model?.language?.trees ?? false} />
      {isNarrow ? null : <DrawFields className={styles.field} />}
      <SamplingMenu hasDrawFields={isNarrow} />
      {isRunning ? (
        <Button className={styles.run} onPress={() => void stopRace(feature)}>
          <Square size={12} aria-hidden />
          <RaceProgress />
        </Button>
      ) : (
        <Button
          className={styles.run}
          variant="primary"
          keys="$mod+Enter"
          isDisabled={currentModel(feature) === null}
          onPress={() => void startRace(feature)}
        >
          <Play size={12} strokeWidth={2} aria-hidden />
          {raced === prompt && prompt !== '' ? 'Race again' : 'Race'}
        </Button>
      )}
    </div>
  )
}

function targetKey(modelId: string, precision: string | null): string {
  return `${modelId} ${precision ?? ''}`
}
