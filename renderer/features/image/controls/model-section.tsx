import { Box, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Model } from '../../../../contract/models'
import { useStudio } from '../../../studio/context'
import { imageModels } from '../../../studio/models-store'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { FieldLabel } from '../../../ui/field-label'
import { formatBytes, sentences } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { Select, type SelectOption } from '../../../ui/select'
import { changeForm } from '../actions'
import { useImageFeature } from '../feature'
import { modelDefaults, revertField } from '../form-store'
import { useCurrentModel, useProblem, useWas } from '../selectors'
import styles from './model-section.module.css'
import { Problem } from './problem'
import { SizeField } from './size-field'

export function ModelSection() {
  const feature = useImageFeature()
  const studio = useStudio()
  const all = useStore(studio.models, (state) => state.models)
  const isLoaded = useStore(studio.models, (state) => state.isLoaded)
  const model = useCurrentModel()
  const was = useWas('modelId')
  const problem = useProblem('modelId')
  const models = imageModels({ ...studio.models.getState(), models: all })

  return (
    <Section>
      <FieldLabel
        end={model === null ? null : `${formatBytes(model.bytes)} of weights`}
        was={was}
        onRevert={() => revertField(feature.form, 'modelId')}
      >
        Model
      </FieldLabel>
      <div data-field="modelId">
        <Select
          label="Model"
          size="lg"
          icon={<Box size={14} strokeWidth={1.75} aria-hidden />}
          value={model?.id ?? null}
          placeholder={isLoaded ? 'No model' : 'Looking for models'}
          options={models.map(modelOption)}
          onChange={(id) => {
            const chosen = models.find((one) => one.id === id)
            if (chosen === undefined || chosen.id === model?.id) return
            changeForm(feature, modelDefaults(chosen), `${chosen.name} chosen`, 'with its own size and steps')
          }}
        />
      </div>
      {model === null ? null : <About key={model.id} text={model.description} />}
      {isLoaded && models.length === 0 ? <NoModel /> : <Problem text={model === null ? null : problem} />}
      <SizeField />
    </Section>
  )
}

/** A line or two would do most of the time; the rest is a click away. */
const longestAbout = 96

function About({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false)
  const isLong = text.length > longestAbout
  return (
    <p className={cx(styles.about, isLong && !isOpen && styles.short)}>
      <span>{text}</span>
      {isLong ? (
        <button type="button" className={styles.more} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : 'Read more'}
        </button>
      ) : null}
    </p>
  )
}

function NoModel() {
  const studio = useStudio()
  return (
    <div className={styles.none}>
      <p>No image model was found. Add a folder with one in Settings.</p>
      <Button size="sm" onPress={() => void studio.models.getState().refresh()}>
        <RefreshCw size={12} aria-hidden />
        Look again
      </Button>
    </div>
  )
}

function modelOption(model: Model): SelectOption<string> {
  const facts = model.image
  const encoders = facts?.encoders.map(({ name }) => name).join(', ')
  const detail = [
    formatBytes(model.bytes),
    facts === undefined ? null : `up to ${facts.maxSide} px`,
    encoders || null,
    model.source === 'bundled' ? 'bundled' : null,
  ]
    .filter(Boolean)
    .join(' · ')
  return {
    key: model.id,
    label: model.name,
    detail,
    ...(model.precision === undefined ? {} : { tag: model.precision }),
    ...(model.state.kind === 'broken' ? { disabledReason: sentences(model.state.message, model.state.remedy) } : {}),
  }
}
