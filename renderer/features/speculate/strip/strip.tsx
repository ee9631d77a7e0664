import { Play, Square, Target } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { NumberInput } from '../../../ui/number-input'
import { Segmented } from '../../../ui/segmented'
import { Select } from '../../../ui/select'
import { currentModel, languageModels, startRace, stopRace } from '../actions'
import { useRace, useSpeculate } from '../context'
import { chooseModel } from '../form-store'
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
  const sampling = useStore(form, (state) => state.sampling)
  const maxTokens = useStore(form, (state) => state.maxTokens)
  const race = useRace()
  const choices = languageModels(all)
  const model = choices.find(({ id }) => id === modelId) ?? null
  const precisions = model?.language?.precisions ?? []
  return (
    <div className={styles.strip} data-region="race settings">
      <div className={styles.model}>
        <Select
          label="Target model"
          size="lg"
          icon={<Target size={14} strokeWidth={1.75} aria-hidden />}
          value={model?.id ?? null}
          placeholder={choices.length === 0 ? 'No language model' : 'Choose a model'}
          options={choices.map(({ id, name, state }) => ({
            key: id,
            label: name,
            disabledReason: state.kind === 'broken' ? state.message : undefined,
          }))}
          onChange={(id) => {
            const chosen = choices.find((one) => one.id === id)
            if (chosen !== undefined) chooseModel(form, chosen)
          }}
        />
      </div>
      {precisions.length > 1 ? (
        <Segmented
          label="Precision"
          value={precision}
          options={precisions.map((key) => ({ key, label: key }))}
          onChange={(key) => form.setState({ precision: key })}
        />
      ) : null}
      <span className={styles.line} aria-hidden />
      <StrategyChips able={model?.language?.strategies ?? []} trees={model?.language?.trees ?? false} />
      <span className={styles.field}>
        <span>Temp</span>
        <NumberInput
          label="Temperature"
          value={sampling.temperature}
          min={0}
          max={100}
          step={0.1}
          decimals={2}
          onChange={(temperature) => form.setState({ sampling: { ...sampling, temperature } })}
        />
      </span>
      <span className={styles.field}>
        <span>Seed</span>
        <NumberInput
          label="Seed"
          value={sampling.seed}
          min={0}
          max={2 ** 32 - 1}
          className={styles.wide}
          onChange={(seed) => form.setState({ sampling: { ...sampling, seed } })}
        />
      </span>
      <span className={styles.field}>
        <span>Tokens</span>
        <NumberInput
          label="Most tokens"
          value={maxTokens}
          min={1}
          max={4096}
          onChange={(value) => form.setState({ maxTokens: value })}
        />
      </span>
      <SamplingMenu />
      {race?.isRunning === true ? (
        <Button className={styles.run} onPress={() => void stopRace(feature)}>
          <Square size={12} aria-hidden />
          <RaceProgress race={race} />
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
          {race === null ? 'Race' : 'Race again'}
        </Button>
      )}
    </div>
  )
}
