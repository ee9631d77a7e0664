import type { ChatModelFacts } from '../../../../contract/chat-models'

const most = 5

/** Messages to begin with: the model's own, else some made of what it says it knows, so that they are within its reach. */
export function suggestionsFor({ prompts, knows, modes }: ChatModelFacts): readonly string[] {
  if (prompts.length > 0) return prompts.slice(0, most)
  const subjects = knows?.subjects ?? []
  // Reading and editing begin with a picture, which is asked for beside these.
  if (subjects.length === 0 || !modes.includes('draw')) return []
  const subject = (place: number): string => subjects[Math.floor((place * subjects.length) / 4) % subjects.length] ?? ''
  return [`Draw ${subject(0)} on a blue background`, `Draw ${subject(1)} and ${subject(2)}`, `Draw ${subject(3)}`]
}
