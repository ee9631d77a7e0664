import type { TokenStory } from '../model/token-story'

export const originNames: Readonly<Record<TokenStory['origin'], string>> = {
  accepted: 'Accepted',
  corrected: 'Corrected',
  bonus: 'Bonus',
  plain: "Target's own",
  refused: 'Refused',
  unreached: 'Not reached',
}

export function probabilityWords(value: number | null): string {
  return value === null ? '–' : value.toFixed(2)
}

/** A token as it looks, with its invisible letters made visible. */
export function visible(text: string): string {
  return text.replaceAll('\n', '↵').trim() || '␣'
}

/** What the card shows, for those who hear it. */
export function storySentence(story: TokenStory): string {
  const parts = [
    `${visible(story.text)}, ${originNames[story.origin].toLowerCase()}`,
    story.node?.draftProbability == null ? null : `draft ${story.node.draftProbability.toFixed(2)}`,
    story.targetProbability === null ? null : `target ${story.targetProbability.toFixed(2)}`,
    story.refused === null ? null : `in place of ${visible(story.refused.text)}`,
  ]
  return parts.filter((part) => part !== null).join(', ')
}
