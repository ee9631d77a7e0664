import { useEffect, useState } from 'react'
import type { PromptTokens } from '../../../../contract/images'
import { useStudio } from '../../../studio/context'
import { useDebounced } from '../../../ui/hooks'
import { useCurrentModel } from '../selectors'

const none: readonly PromptTokens[] = []

/** How the encoders of the chosen model read a prompt, a moment after the typing stops. */
export function useTokenCounts(prompt: string): readonly PromptTokens[] {
  const { client } = useStudio()
  const model = useCurrentModel()
  const text = useDebounced(prompt, 180)
  const [tokens, setTokens] = useState(none)
  const modelId = model?.state.kind === 'ready' ? model.id : null
  useEffect(() => {
    if (modelId === null) return
    let isCurrent = true
    client.images.countTokens({ modelId, prompt: text }).then(
      (counted) => {
        if (isCurrent) setTokens(counted)
      },
      // The meter is a help, not a need: without it the prompt works as before.
      () => {
        if (isCurrent) setTokens(none)
      },
    )
    return () => {
      isCurrent = false
    }
  }, [client, modelId, text])
  return modelId === null ? none : tokens
}
