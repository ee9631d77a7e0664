import type { TurnEstimate } from '../../../../contract/chat-events'
import type { ChatMode, ChatModeChoice } from '../../../../contract/chat-settings'
import type { AssetId } from '../../../../contract/ids'

export interface EstimateInput {
  readonly text: string
  readonly attachments?: readonly { readonly assetId: AssetId }[]
  readonly mode: ChatModeChoice
}

/** What a fake core says of a turn before it is sent. */
export function estimateOf(mode: ChatMode, { text, attachments = [], mode: asked }: EstimateInput): TurnEstimate {
  const word = /^\S+/.exec(text)?.[0].toLowerCase() ?? ''
  const chosen = mode === 'draw' ? `“${word}” asks for a picture` : 'Nothing asks for a picture'
  const seen = { width: 980, height: 644, tokens: 851 }
  return {
    decision: { asked, mode, rule: 'question', reason: asked === 'auto' ? chosen : 'You chose it' },
    pictures: attachments.map(({ assetId }) => ({ assetId, seen, encoded: null })),
    rows: { text: 1602, vit: 2888, vae: 1724, answer: 512, total: 6214, limit: 32768 },
    leaveOut: [],
    memory: { weights: 78e6, cache: 2e6, total: 80e6, available: 4e9, fits: true },
    seconds: { low: 8, high: 11 },
  }
}
