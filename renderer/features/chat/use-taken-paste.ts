import { useEffect } from 'react'
import { attachFiles } from './attach'
import type { ChatFeature } from './feature'

/** Pictures on the clipboard are attached wherever the focus is; text goes into text fields as ever. */
export function useTakenPaste(feature: ChatFeature): void {
  useEffect(() => {
    function onPaste(event: ClipboardEvent): void {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      void attachFiles(feature, files)
    }
    window.addEventListener('paste', onPaste)
    return () => window.removeEventListener('paste', onPaste)
  }, [feature])
}
