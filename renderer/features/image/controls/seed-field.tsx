import { Copy, Dices, Lock, LockOpen, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import { limits } from '../../../../contract/images'
import { IconButton } from '../../../ui/button'
import { ChangedDot } from '../../../ui/changed-dot'
import { cx } from '../../../ui/cx'
import { groupDigits } from '../../../ui/format'
import shared from '../../../ui/shared.module.css'
import { copyText, recallField } from '../actions'
import { useImageFeature } from '../feature'
import { changeDraft, randomSeed, revertField } from '../form-store'
import { useDraft, useSelectedImage, useWas } from '../selectors'
import styles from './controls.module.css'
import field from './seed-field.module.css'

export function SeedField() {
  const feature = useImageFeature()
  const { form } = feature
  const seed = useDraft((draft) => draft.seed)
  const isLocked = useStore(form, (state) => state.seedMode === 'locked')
  const image = useSelectedImage()
  const was = useWas('seed')
  const [typed, setTyped] = useState<string | null>(null)

  function commit(): void {
    const value = Number((typed ?? '').replace(/\D/g, ''))
    // Passing through the field is no change: only another number locks the seed.
    if (typed !== null && typed.trim() !== '' && value !== seed && value <= limits.maxSeed) {
      changeDraft(form, { seed: value })
      form.setState({ seedMode: 'locked' })
    }
    setTyped(null)
  }

  return (
    <div className={styles.formRow}>
      <span>
        Seed
        <ChangedDot name="Seed" was={isLocked ? was : null} onRevert={() => revertField(form, 'seed')} />
      </span>
      <div className={cx(shared.well, field.field)} data-field="seed">
        <input
          className={cx(shared.bare, field.input)}
          aria-label={isLocked ? 'Seed' : 'Seed, drawn anew for each run'}
          inputMode="numeric"
          value={typed ?? groupDigits(seed)}
          data-random={!isLocked || undefined}
          onFocus={(event) => {
            setTyped(String(seed))
            event.target.select()
          }}
          onChange={(event) => setTyped(event.target.value.replace(/[^\d\s]/g, ''))}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.ctrlKey) commit()
          }}
        />
        {image !== null && image.settings.seed !== seed ? (
          <IconButton
            label="Use the seed of the picture on the stage"
            keys="s"
            onPress={() => recallField(feature, image.settings, 'seed')}
          >
            <RotateCcw size={12} strokeWidth={2} />
          </IconButton>
        ) : null}
        <IconButton
          label={isLocked ? 'Locked: every run uses this seed' : 'Random: each run draws a new seed'}
          aria-pressed={isLocked}
          isOn={isLocked}
          onPress={() => form.setState({ seedMode: isLocked ? 'random' : 'locked' })}
        >
          {isLocked ? <Lock size={12} strokeWidth={2} /> : <LockOpen size={12} strokeWidth={2} />}
        </IconButton>
        <IconButton label="Draw another seed" onPress={() => changeDraft(form, { seed: randomSeed() })}>
          <Dices size={14} strokeWidth={1.75} />
        </IconButton>
        <IconButton label="Copy the seed" onPress={() => void copyText('Seed', String(seed))}>
          <Copy size={12} strokeWidth={2} />
        </IconButton>
      </div>
    </div>
  )
}
