import { Brush, ImagePlus, X } from 'lucide-react'
import { FileTrigger } from 'react-aria-components'
import { useStudio } from '../../../studio/context'
import { Button, IconButton } from '../../../ui/button'
import { ChangedDot } from '../../../ui/changed-dot'
import { Section } from '../../../ui/section'
import { SliderField } from '../../../ui/slider-field'
import { takePicture } from '../actions'
import { useImageFeature } from '../feature'
import { changeDraft, revertField } from '../form-store'
import { useCurrentModel, useDraft, useProblem, useWas } from '../selectors'
import { Problem } from './problem'
import styles from './start-image-section.module.css'

/** A picture to start from, how much of it to change, and which part. */
export function StartImageSection() {
  const feature = useImageFeature()
  const { form, view } = feature
  const { assetUrl } = useStudio()
  const model = useCurrentModel()
  const init = useDraft((draft) => draft.initImage)
  const was = useWas('initImage')
  const problem = useProblem('initImage')
  const canEncode = model?.image?.canEncode ?? true

  return (
    <Section className={styles.section}>
      <div className={styles.row} data-field="initImage">
        <span className={styles.label}>
          Start image
          <ChangedDot name="Start image" was={was} onRevert={() => revertField(form, 'initImage')} />
        </span>
        {canEncode || init !== undefined ? null : <span className={styles.reason}>not with this model</span>}
        <FileTrigger
          acceptedFileTypes={['image/png', 'image/jpeg', 'image/webp']}
          onSelect={(files) => {
            const file = files?.[0]
            if (file) void takePicture(feature, file, true)
          }}
        >
          <Button size="sm" isDisabled={!canEncode} id="choose-start-image">
            <ImagePlus size={12} strokeWidth={2} aria-hidden />
            {init === undefined ? 'Choose' : 'Change'}
          </Button>
        </FileTrigger>
      </div>
      {init === undefined ? null : (
        <>
          <div className={styles.picture}>
            <img src={assetUrl(init.assetId)} alt="Start image" className={styles.thumb} />
            {init.maskAssetId === undefined ? null : (
              <img src={assetUrl(init.maskAssetId)} alt="Mask: white is painted anew" className={styles.thumb} />
            )}
            <span className={styles.buttons}>
              <Button size="sm" onPress={() => view.setState({ isMaskOpen: true })}>
                <Brush size={12} strokeWidth={2} aria-hidden />
                {init.maskAssetId === undefined ? 'Paint a mask' : 'Edit the mask'}
              </Button>
              <IconButton label="Remove the start image" onPress={() => changeDraft(form, { initImage: undefined })}>
                <X size={14} />
              </IconButton>
            </span>
          </div>
          <SliderField
            label="Strength"
            value={init.strength}
            min={0.05}
            max={1}
            hardMin={0.01}
            step={0.05}
            decimals={2}
            onChange={(strength) => changeDraft(form, { initImage: { ...init, strength } })}
          />
          <p className={styles.hint}>
            {init.strength >= 1
              ? 'At 1 the start image has no effect.'
              : `Runs the last ${Math.round(init.strength * 100)}% of the noise schedule.`}
          </p>
        </>
      )}
      <Problem text={problem} />
    </Section>
  )
}
