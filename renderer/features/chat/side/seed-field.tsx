import { Dices, Lock, LockOpen } from 'lucide-react'
import { chatLimits } from '../../../../contract/chat-settings'
import { IconButton } from '../../../ui/button'
import { NumberInput } from '../../../ui/number-input'
import { useChat } from '../context'
import { useSettings } from '../selectors'
import { Explained } from './explained'
import styles from './seed-field.module.css'

const randomSeed = (): number => Math.floor(Math.random() * (chatLimits.maxSeed + 1))

/** A seed that is kept, or a new one for each answer. */
export function SeedField() {
  const feature = useChat()
  const { seed } = useSettings()
  const isKept = seed !== undefined
  return (
    <Explained about={isKept ? 'The same words give the same answer again.' : 'A new one for each answer.'}>
      <div className={styles.row}>
        <span className={styles.label}>Seed</span>
        {isKept ? (
          <NumberInput
            label="Seed"
            value={seed}
            min={0}
            max={chatLimits.maxSeed}
            onChange={(value) => feature.settings.change({ seed: value })}
          />
        ) : (
          <span className={styles.free}>random</span>
        )}
        <IconButton label="Roll a seed and keep it" onPress={() => feature.settings.change({ seed: randomSeed() })}>
          <Dices size={14} strokeWidth={1.75} />
        </IconButton>
        <IconButton
          label={isKept ? 'Let each answer have a new seed' : 'Keep one seed'}
          isOn={isKept}
          onPress={() => feature.settings.change({ seed: isKept ? undefined : randomSeed() })}
        >
          {isKept ? <Lock size={14} strokeWidth={1.75} /> : <LockOpen size={14} strokeWidth={1.75} />}
        </IconButton>
      </div>
    </Explained>
  )
}
