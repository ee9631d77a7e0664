import { useEffect } from 'react'
import type { Answer } from '../../../../contract/chat'
import { activeLeaf } from '../../../../contract/chat-tree'
import { announce } from '../../../ui/live-region'
import type { ChatFeature } from '../feature'
import { isAnswering } from '../selectors'
import { createSentenceReader, type SentenceReader } from '../sentences'

/** Says an answer to screen readers sentence by sentence as it comes, and what became of it at the end. Older ones stay silent. */
export function useAnnouncedAnswer({ open }: ChatFeature): void {
  useEffect(() => {
    const since = Date.now()
    const readers = new Map<Answer['id'], SentenceReader | null>()
    return open.store.subscribe((state, old) => {
      if (state.detail === old.detail || state.detail === null) return
      const last = activeLeaf(state.detail)
      if (last?.role !== 'assistant' || last.createdAt < since) return
      const reader = readers.get(last.id) ?? (readers.has(last.id) ? null : createSentenceReader())
      if (reader === null) return
      if (isAnswering(last)) {
        readers.set(last.id, reader)
        const said = reader.read(wordsOf(last))
        if (said !== '') announce(said)
      } else {
        readers.set(last.id, null)
        announce(`${reader.finish(wordsOf(last))} ${endWords(last)}`.trim())
      }
    })
  }, [open])
}

/** Its text with line ends between its parts, so that one never runs into the next. */
function wordsOf({ parts }: Answer): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

function endWords({ status, failure, parts }: Answer): string {
  if (status === 'failed') return `The answer failed: ${failure?.message ?? ''}`
  if (status === 'stopped') return 'Stopped.'
  return parts.some(({ type }) => type === 'drawn') ? 'The picture is done.' : 'The answer is complete.'
}
