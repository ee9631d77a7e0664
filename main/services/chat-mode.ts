// Auto: whether a message asks for words, for a picture or for a change of one. By rule, because the models were never taught to
// decide it, and with the reason in words, so that a person can see why and choose another.

import type { ChatMode, ChatModeChoice, ModeDecision } from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'

export interface ModeQuestion {
  readonly asked: ChatModeChoice
  readonly text: string
  /** Pictures attached to this message. */
  readonly attached: number
  /** Whether there is a picture in the turns before, drawn or attached. */
  readonly hasEarlier: boolean
  /** Whether the answer just before drew a picture. */
  readonly followsDrawing: boolean
  /** What the model can do. */
  readonly modes: readonly ChatMode[]
  readonly modelName: string
}

/** What people put before the verb that matters. */
const politeness =
  /^(?:(?:ok|okay|now|then|and|so|please|also|again|next|hey|hi|hello|thanks|great|nice|good|well|just|instead|first|maybe)[\s,.!]+|(?:can|could|would|will) you (?:please )?(?:try to )?|i(?:'d| would)? (?:want|like|love|need) you to |i(?:'d| would) like to see you |let(?:'s| us) |try to |go ahead and )+/

const drawVerbs = /^(draw|paint|sketch|generate|illustrate|imagine|render|design|depict|doodle)\b/
/** Verbs that mean a picture only by what they take. */
const makeVerbs = /^(make|create|show|give|produce|get|do)\b/
const editVerbs =
  /^(add|remove|delete|erase|replace|change|swap|turn|recolou?r|colou?r|tint|move|put|place|take|restyle|convert|transform|edit|modify|adjust|alter|brighten|darken|lighten|blur|sharpen|rotate|flip|mirror|crop|shift|enlarge|shrink|resize|hide|undo|keep|leave|fix|dress|cover|fill|extend)\b/
const pictureWords =
  /\b(picture|image|drawing|painting|photo|illustration|sketch|icon|emoji|poster|logo|scene|portrait)\b/
/** "make it blue", "give the penguin a hat": of something that is there already. */
const definite =
  /^(?:make|give|get|paint|draw|colou?r|do|show)\s+(?:it|him|her|them|this|that|these|those|the|its|his|their|everything|all)\b/
/** "draw a hat on the penguin", "put a moon behind it". */
const ontoIt =
  /\b(?:on|onto|over|under|behind|beside|around|above|below|into|in|next to|in front of)\s+(?:it|him|her|them|this|the (?:picture|image|photo|background|sky))\b/
const indefinite = /^\w+\s+(?:me\s+|us\s+)?(?:a|an|another|one|two|three|four|five|some|more|\d+)\b/
const questionWords =
  /^(what|which|who|whose|whom|where|when|why|how|is|are|was|were|does|do|did|has|have|had|am|should|describe|count|name|list|read|tell|explain|find|identify|caption|translate|summari[sz]e|compare|look|say|write|spell|guess|answer)\b/
/** A fragment that only makes sense of the picture before it: "with a red hat", "bluer", "but at night". */
const fragment =
  /^(with|without|but|more|less|bigger|smaller|larger|brighter|darker|bluer|redder|greener|same|at night|in (?:red|blue|green|yellow|purple|black|white|pink|orange)|no)\b/
const anotherOne = /^(another|one more|again|once more|a different)\b/

/**
 * Decides what a turn does.
 * @throws StudioError MODEL_UNSUPPORTED where a mode was asked for that the model does not have, INVALID_INPUT where an edit has
 *   nothing to edit
 */
export function decideMode(question: ModeQuestion): ModeDecision {
  const { asked, modes, modelName } = question
  if (asked !== 'auto') {
    if (!modes.includes(asked)) {
      throw new StudioError('MODEL_UNSUPPORTED', `${modelName} cannot ${asked === 'draw' ? 'draw' : 'edit pictures'}`, {
        field: 'mode',
        remedy: 'Choose a model of the BAGEL family, or let it answer in words.',
      })
    }
    if (asked === 'edit' && !hasPicture(question)) {
      throw new StudioError('INVALID_INPUT', 'There is no picture to edit', {
        field: 'attachments',
        remedy: 'Attach a picture, or have one drawn first.',
      })
    }
    return { asked, mode: asked, rule: 'asked', reason: 'You chose it' }
  }
  if (modes.length === 1 && modes[0] === 'read') {
    return { asked, mode: 'read', rule: 'text-only', reason: `${modelName} answers in words alone` }
  }
  const decision = byWords(question)
  return modes.includes(decision.mode)
    ? decision
    : { asked, mode: 'read', rule: 'nothing-else', reason: `${modelName} cannot ${decision.mode}` }
}

function hasPicture({ attached, hasEarlier }: ModeQuestion): boolean {
  return attached > 0 || hasEarlier
}

function byWords(question: ModeQuestion): ModeDecision {
  const said = question.text.trim().toLowerCase().replace(/[’‘]/g, "'")
  const words = said.replace(politeness, '')
  const verb = /^[\p{L}']+/u.exec(words)?.[0] ?? ''
  const where = question.attached > 0 ? 'the attached picture' : 'the picture above'
  const decide = (mode: ChatMode, rule: ModeDecision['rule'], reason: string): ModeDecision => ({
    asked: 'auto',
    mode,
    rule,
    reason,
  })
  const draw = (): ModeDecision => decide('draw', 'draw-verb', `“${verb}” asks for a picture`)
  const edit = (): ModeDecision => decide('edit', 'edit-verb', `“${verb}” asks to change ${where}`)

  const isDrawing = drawVerbs.test(words)
  const isMaking = makeVerbs.test(words)
  if (hasPicture(question)) {
    if (editVerbs.test(words)) return edit()
    if ((isDrawing || isMaking) && (definite.test(words) || ontoIt.test(words)) && !isAboutNewPicture(words))
      return edit()
  }
  if (isDrawing) return draw()
  if (isMaking && isAboutNewPicture(words)) return draw()
  if (questionWords.test(words)) return decide('read', 'question', `“${verb}” asks for words`)
  if (said.endsWith('?')) return decide('read', 'question', 'It is a question')
  // A creation named without a word for pictures: "make a castle in a meadow".
  if (/^(make|create|produce)\b/.test(words) && indefinite.test(words)) return draw()
  if (/^(?:a|an|the) (?:picture|image|drawing|painting|photo|illustration|sketch) of\b/.test(words)) {
    return decide('draw', 'draw-verb', `“${/\w+ \w+ of/.exec(words)?.[0] ?? 'picture of'}” asks for a picture`)
  }
  if (question.followsDrawing) {
    if (anotherOne.test(said)) return decide('draw', 'follows-picture', 'It asks for another of the picture above')
    if (fragment.test(words)) return decide('edit', 'follows-picture', 'It goes on from the picture above')
  }
  if (question.attached > 0) {
    return decide('read', 'picture-attached', 'A picture is attached and nothing asks to change it')
  }
  return decide('read', 'nothing-else', 'Nothing asks for a picture')
}

/** "show me a picture of…", "make an image with…": a word for pictures that is not of the one there. */
function isAboutNewPicture(words: string): boolean {
  return (
    pictureWords.test(words) &&
    /\b(?:a|an|another|some|new|one)\s+(?:[\p{L}-]+\s+){0,3}?(?:picture|image|drawing|painting|photo|illustration|sketch|icon|emoji|poster|logo|scene|portrait)\b/u.test(
      words,
    )
  )
}
