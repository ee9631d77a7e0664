import type { ChatDefaults, ChatModelFacts } from '../../contract/chat-models'
import { chatLimits, type Drawing } from '../../contract/chat-settings'
import { largestSide } from './context-rows'
import { variantFor, type BagelFolder } from './folder'
import type { DrawDefaults, TextDefaults } from './manifest'

/** What can be said with a model, in the contract's words. */
export function bagelChatFacts(folder: BagelFolder): ChatModelFacts {
  const { facts } = folder
  const { graphs } = variantFor(folder, Object.keys(folder.precisions)[0])
  const draws = graphs.velocity_head !== undefined
  const sees = graphs.vision_encoder !== undefined
  const { read, draw, edit, think } = facts.defaults
  const { capabilities } = facts
  const own = { ...drawDefaults, width: largestSide(facts), height: largestSide(facts) }
  const drawing = drawingOf(draw, own)
  const sizes = facts.sizes ?? [[drawing.width, drawing.height]]
  return {
    modes: ['read', ...(draws ? (['draw', 'edit'] as const) : [])],
    seesPictures: sees,
    maxPictures: sees ? chatLimits.pictures : 0,
    canThink: true,
    canContinue: true,
    contextLength: facts.context,
    precisions: Object.keys(folder.precisions),
    defaultPrecision: folder.defaultPrecision,
    strategies: ['plain'],
    defaults: {
      read: textDefaultsOf(read, think, null),
      ...(draws
        ? {
            draw: textDefaultsOf(read, think, drawing),
            edit: textDefaultsOf(read, think, drawingOf(edit, { ...drawing, ...editDefaults })),
          }
        : {}),
    },
    sizes: draws ? sizes.map(([width, height]): [number, number] => [width, height]) : [],
    maxSide: draws ? facts.maxLatentSize * facts.latentDownsample : 0,
    ...(capabilities === undefined
      ? {}
      : {
          knows: {
            subjects: [...capabilities.subjects],
            kinds: [...capabilities.kinds],
            sentence: capabilities.sentence,
          },
        }),
    prompts: [...folder.prompts],
  }
}

/** The official advice for text to image, and where an edit differs from it. */
const drawDefaults = {
  steps: 50,
  shift: 3,
  textScale: 4,
  imageScale: 1,
  interval: [0.4, 1] as [number, number],
  renorm: 'global' as const,
  renormMin: 0,
  taylorSeer: false,
}
const editDefaults = { imageScale: 2, interval: [0, 1] as [number, number], renorm: 'text_channel' as const }

const answerTokens = 512
const thinkTokens = 1000

function textDefaultsOf(read: TextDefaults, think: TextDefaults, drawing: Drawing | null): ChatDefaults {
  return {
    maxTokens: read.maxTokens ?? answerTokens,
    thinkTokens: think.maxTokens ?? thinkTokens,
    temperature: read.sample === false ? 0 : (read.temperature ?? 0),
    drawing,
  }
}

function drawingOf(given: DrawDefaults, otherwise: Drawing): Drawing {
  const { renormMinimum } = given
  const known = Object.fromEntries(
    Object.keys(otherwise)
      .map((name) => [name, given[name]])
      .filter(([, value]) => value !== undefined),
  ) as Partial<Drawing>
  return { ...otherwise, ...known, ...(renormMinimum === undefined ? {} : { renormMin: renormMinimum }) }
}
