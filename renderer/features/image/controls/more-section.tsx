import { ChevronRight } from 'lucide-react'
import { useRef } from 'react'
import { flushSync } from 'react-dom'
import { useStore } from 'zustand'
import type { Sampler, SigmaConversion } from '../../../../contract/images'
import { ChangedDot } from '../../../ui/changed-dot'
import { Tag } from '../../../ui/chip'
import { cx } from '../../../ui/cx'
import { Select } from '../../../ui/select'
import { SliderField } from '../../../ui/slider-field'
import { Switch } from '../../../ui/switch'
import { useImageFeature } from '../feature'
import { samplerNames, sigmaConversionNames, type FieldKey } from '../fields'
import { changeDraft, moreCount, revertField } from '../form-store'
import { useCurrentModel, useDraft, useWas } from '../selectors'
import styles from './controls.module.css'
import { EncoderFields } from './encoder-fields'
import more from './more-section.module.css'
import { SkipLayersFields } from './skip-layers-fields'

/** Long or rare settings, with a count of those that are not as they came. */
export function MoreSection() {
  const { form } = useImageFeature()
  const isOpen = useStore(form, (state) => state.isMoreOpen)
  const changed = useStore(form, (state) => moreCount(state.draft))
  const section = useRef<HTMLElement>(null)

  function toggle(): void {
    flushSync(() => form.setState({ isMoreOpen: !isOpen }))
    // It stands at the end of the column: what it opens would lie below the edge.
    if (!isOpen) section.current?.scrollIntoView({ block: 'start' })
  }

  return (
    <section className={more.section} ref={section}>
      <button type="button" className={more.fold} aria-expanded={isOpen} onClick={toggle}>
        <ChevronRight size={12} strokeWidth={2} className={cx(more.chevron, isOpen && more.open)} aria-hidden />
        More
        {changed > 0 ? <Tag>{changed} changed</Tag> : null}
      </button>
      {isOpen ? <MoreFields /> : null}
    </section>
  )
}

function MoreFields() {
  const { form } = useImageFeature()
  const model = useCurrentModel()
  const draft = useDraft((one) => one)
  const dot = (key: FieldKey, name: string) => <Dot key={key} field={key} name={name} />
  return (
    <div className={more.fields}>
      <div className={styles.formRow}>
        <span>Sampler{dot('sampler', 'Sampler')}</span>
        <Select<Sampler>
          label="Sampler"
          value={draft.sampler}
          options={[
            { key: 'euler', label: samplerNames.euler, detail: 'First order: straight along the velocity' },
            { key: 'dpmpp-2m', label: samplerNames['dpmpp-2m'], detail: 'Second order: good with few steps' },
          ]}
          onChange={(sampler) => changeDraft(form, { sampler })}
        />
      </div>
      <div className={styles.formRow}>
        <span>Sigmas{dot('sigmaConversion', 'Sigmas')}</span>
        <Select<SigmaConversion>
          label="How sigmas are spaced"
          value={draft.sigmaConversion}
          options={(['none', 'karras', 'exponential', 'beta'] as const).map((key) => ({
            key,
            label: sigmaConversionNames[key],
          }))}
          onChange={(sigmaConversion) => changeDraft(form, { sigmaConversion })}
        />
      </div>
      <SliderField
        label="Guide until"
        value={Math.round(draft.guidanceEnd * 100)}
        min={0}
        max={100}
        step={5}
        was={useWas('guidanceEnd')}
        onRevert={() => revertField(form, 'guidanceEnd')}
        onChange={(value) => changeDraft(form, { guidanceEnd: value / 100 })}
      />
      <SliderField
        label="CLIP skip"
        value={draft.clipSkip}
        min={0}
        max={4}
        hardMax={10}
        step={1}
        was={useWas('clipSkip')}
        onRevert={() => revertField(form, 'clipSkip')}
        onChange={(clipSkip) => changeDraft(form, { clipSkip })}
      />
      <SliderField
        label="Preview"
        value={draft.previewEvery}
        min={0}
        max={10}
        hardMax={200}
        step={1}
        was={useWas('previewEvery')}
        onRevert={() => revertField(form, 'previewEvery')}
        onChange={(previewEvery) => changeDraft(form, { previewEvery })}
      />
      <p className={more.hint}>
        {draft.previewEvery === 0
          ? 'No previews: no trajectory is kept.'
          : draft.previewEvery === 1
            ? 'A preview every step.'
            : `A preview every ${draft.previewEvery} steps.`}
      </p>
      <Switch
        label={<>Both guidance passes in one batch{dot('guidanceBatched', 'Guidance passes')}</>}
        isOn={draft.guidanceBatched}
        onChange={(guidanceBatched) => changeDraft(form, { guidanceBatched })}
      />
      <EncoderFields />
      {model?.image?.hasBlockGates === true ? <SkipLayersFields /> : null}
    </div>
  )
}

function Dot({ field, name }: { readonly field: FieldKey; readonly name: string }) {
  const { form } = useImageFeature()
  return <ChangedDot name={name} was={useWas(field)} onRevert={() => revertField(form, field)} />
}
