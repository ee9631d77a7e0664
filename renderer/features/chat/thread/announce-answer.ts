import { useEffect } from 'react'
import type { Answer } from '../../../../contract/chat'
import { announce } from '../../../ui/live-region'
import type { ChatFeature } from '../feature'
import { answerInHand } from '../selectors'
import { createSentenceReader, type SentenceReader } from '../sentences'

/** Says an answer to screen readers sentence by sentence as it comes, and what became of it at the end. */
export function useAnnouncedAnswer({ open }: ChatFeature): void {
  useEffect(() => {
    let reader: SentenceReader = createSentenceReader()
    let current: Answer['id'] | null = null
    return open.store.subscribe((state, old) => {
      if (state.detail === old.detail) return
      const answer = answerInHand(state.detail)
      if (answer !== null) {
        if (answer.id !== current) reader = createSentenceReader()
        current = answer.id
        const said = reader.read(wordsOf(answer))
        if (said !== '') announce(said)
        return
      }
      const over = state.detail?.messages.find(({ id }) => id === current)
      current = null
      if (over?.role === 'assistant') announce(`${reader.finish(wordsOf(over))} ${endWords(over)}`.trim())
    })
  }, [open])
}

/** Its text with the line ends between its parts, so that a part never runs into the next. */
function wordsOf({ parts }: Answer): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

function endWords({ status, failure, parts }: Answer): string {
  if (status === 'failed') return `The answer failed: ${failure?.message ?? ''}`
  if (status === 'stopped') return 'Stopped.'
  return parts.some(({ type }) => type === 'drawn') ? 'The picture is done.' : 'The answer is complete.'
}
