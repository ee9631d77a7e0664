import type { Studio } from '../../../studio/studio'
import { showToast } from '../../../ui/toaster'
import type { DetectFeature } from '../feature'
import { takeFiles } from '../take-files'

/** Whether a button may look at the clipboard; the desktop's window has the key alone. */
export function canReadClipboard({ host }: Studio): boolean {
  return host.kind === 'browser' && typeof navigator.clipboard?.read === 'function'
}

/** Takes the picture on the clipboard. */
export async function pasteClipboard(feature: DetectFeature): Promise<void> {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((one) => one.startsWith('image/'))
      if (type === undefined) continue
      const file = new File([await item.getType(type)], `pasted.${type.slice(6)}`, { type })
      await takeFiles(feature, [{ file, name: file.name }])
      return
    }
    showToast({ text: 'No picture is on the clipboard' })
  } catch (error) {
    const { message } = feature.studio.report('Reading the clipboard', error)
    showToast({ tone: 'warn', text: 'The clipboard may not be read', detail: message })
  }
}
