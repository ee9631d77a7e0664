import { useEffect } from 'react'
import type { DetectFeature } from './feature'
import { named, takeFiles } from './take-files'

/** Pictures on the clipboard are looked at wherever the focus is; text goes into text fields as ever. */
export function useTakenPaste(feature: DetectFeature): void {
  useEffect(() => {
    function onPaste(event: ClipboardEvent): void {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      void takeFiles(feature, named(files))
    }
    window.addEventListener('paste', onPaste)
    return () => window.removeEventListener('paste', onPaste)
  }, [feature])
}
