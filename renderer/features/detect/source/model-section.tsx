import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { FieldLabel } from '../../../ui/field-label'
import { formatSize } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { Segmented } from '../../../ui/segmented'
import { Select } from '../../../ui/select'
import { chooseModel, choosePrecision } from '../actions'
import { useDetect } from '../context'
import { detectorModels, useModel } from '../selectors'
import styles from './model-section.module.css'

/** Who looks, at which precision, and what its scores mean. */
export function ModelSection() {
  const feature = useDetect()
  const { models } = useStudio()
  const list = useStore(models, (state) => state.models)
  const model = useModel()
  const chosen = useStore(feature.form, (state) => state.precision)
  const options = detectorModels(list).map(({ id, name, detector, state }) => ({
    key: id,
    label: name,
    detail: detector.architectureName,
    tag: detector.defaultPrecision,
    ...(state.kind === 'broken' ? { disabledReason: state.message } : {}),
  }))
  const facts = model?.detector
  return (
    <Section>
      <FieldLabel>Model</FieldLabel>
      <Select
        label="Model"
        size="lg"
        value={model?.id ?? null}
        options={options}
        placeholder="No detector yet"
        onChange={(id) => chooseModel(feature, id)}
      />
      {facts === undefined ? null : (
        <>
          {facts.precisions.length < 2 ? null : (
            <div className={styles.precision}>
              <Segmented
                label="Precision"
                size="sm"
                value={chosen ?? facts.defaultPrecision}
                options={facts.precisions.map((precision) => ({ key: precision, label: precision }))}
                onChange={(precision) => choosePrecision(feature, precision)}
              />
            </div>
          )}
          <dl className={styles.facts}>
            <dt>Input</dt>
            <dd>
              {formatSize(facts.input.width, facts.input.height)}
              {facts.input.resize === 'letterbox' ? ', letterboxed' : ''}
            </dd>
          </dl>
          <p className={styles.meaning}>{facts.scoreMeaning}</p>
        </>
      )}
    </Section>
  )
}
