import { useStore } from 'zustand'
import { ReactCompareSlider } from 'react-compare-slider'
import type { ImageRecord } from '../../../../contract/images'
import { useStudio } from '../../../studio/context'
import { cx } from '../../../ui/cx'
import { groupDigits } from '../../../ui/format'
import { useImageFeature } from '../feature'
import { differences, fieldsByKey, type FieldKey } from '../fields'
import styles from './compare-view.module.css'

interface CompareViewProps {
  readonly left: ImageRecord
  readonly right: ImageRecord
  readonly isPixelated: boolean
}

/** Two pictures over each other, beside each other, or subtracted. */
export function CompareView({ left, right, isPixelated }: CompareViewProps) {
  const { assetUrl } = useStudio()
  const { view } = useImageFeature()
  const mode = useStore(view, (state) => state.compareMode)
  const className = cx(styles.image, isPixelated && styles.pixels)
  const one = <img src={assetUrl(left.assetId)} alt={caption(left, right)} className={className} draggable={false} />
  const two = <img src={assetUrl(right.assetId)} alt={caption(right, left)} className={className} draggable={false} />
  const captions = (
    <>
      <span className={cx(styles.caption, styles.left)}>{caption(left, right)}</span>
      <span className={cx(styles.caption, styles.right)}>{caption(right, left)}</span>
    </>
  )
  if (mode === 'side') {
    return (
      <div className={styles.side}>
        {one}
        {two}
        {captions}
      </div>
    )
  }
  if (mode === 'difference') {
    return (
      <div className={styles.difference}>
        {one}
        {two}
      </div>
    )
  }
  return (
    <div className={styles.slider} onPointerDown={(event) => event.stopPropagation()}>
      <ReactCompareSlider itemOne={one} itemTwo={two} className={styles.fill} />
      {captions}
    </div>
  )
}

/** What sets this picture apart from the other, as briefly as can be. */
export function caption(image: ImageRecord, other: ImageRecord): string {
  const keys = Object.keys(differences(image.settings, other.settings)) as FieldKey[]
  const telling = keys.filter((key) => key !== 'prompt' && key !== 'negativePrompt').slice(0, 2)
  if (telling.length === 0) return `Seed ${groupDigits(image.settings.seed)}`
  return telling.map((key) => `${fieldsByKey[key].label} ${fieldsByKey[key].read(image.settings)}`).join(', ')
}
