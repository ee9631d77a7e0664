import { powerSaveBlocker } from 'electron'
import type { EngineStatus } from './engine-process'

/** Keeps the machine from falling asleep over a long job. The screen may still go dark. */
export function createKeepAwake(): (status: EngineStatus) => void {
  let blocker: number | null = null
  return (status) => {
    if (status.kind === 'busy') {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    } else if (blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  }
}
