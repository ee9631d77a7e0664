import { useStore } from 'zustand'
import type { TurnEstimate } from '../../../../contract/chat-events'
import { formatSeconds, sentences } from '../../../ui/format'
import { Kbd } from '../../../ui/kbd'
import { useChat } from '../context'
import { useModel } from '../selectors'
import { modeVerbs } from '../setting-words'
import styles from './composer-foot.module.css'

/** What the turn will do and why, and how long that takes here. */
export function ComposerFoot() {
  const { composer, estimates } = useChat()
  const model = useModel()
  const { estimate, failure } = useStore(estimates.store)
  const isToBeSent = useStore(composer.store, (state) => state.isToBeSent)
  const isEmpty = useStore(composer.store, ({ draft }) => draft.text.trim() === '' && draft.attachments.length === 0)
  const isManyModes = model !== null && model.chat.modes.length > 1
  return (
    <div className={styles.foot}>
      <span id="chat-turn" className={styles.reason} data-refused={failure !== null || undefined}>
        {isToBeSent
          ? 'Sent as soon as the picture is read'
          : isEmpty || model === null
            ? null
            : failure !== null
              ? sentences(failure.message, failure.remedy)
              : estimate !== null && isManyModes
                ? decisionWords(estimate)
                : null}
      </span>
      <span className={styles.keys}>
        {estimate?.seconds == null || isEmpty ? null : `${secondsWords(estimate.seconds)} here`}
        <Kbd keys="Enter" /> send <Kbd keys="Shift+Enter" /> new line
      </span>
    </div>
  )
}

/** "Auto draws: “draw” asks for a picture". */
function decisionWords({ decision: { asked, mode, reason } }: TurnEstimate): string {
  return asked === 'auto' ? `Auto ${modeVerbs[mode]}: ${reason}` : `It ${modeVerbs[mode]}, as you chose`
}

function secondsWords({ low, high }: { low: number; high: number }): string {
  if (high < 1) return 'under 1 s'
  if (low < 1) return `up to ${Math.ceil(high)} s`
  if (high >= 90 || Math.round(low) === Math.round(high)) return `about ${formatSeconds((low + high) / 2)}`
  return `${Math.round(low)}–${Math.ceil(high)} s`
}
