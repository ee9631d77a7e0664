import { generateRequestSchema, type GenerateSettings } from '../../../contract/images'
import type { Model } from '../../../contract/models'

/** What is wrong with the form, by the path of the field: `width`, `initImage.strength`. */
export type Problems = Readonly<Record<string, string>>

/** Checks a form as the core would, and against what the chosen model can do. */
export function validate(draft: GenerateSettings, model: Model | null): Problems {
  const problems: Record<string, string> = {}
  const parsed = generateRequestSchema.safeParse(draft)
  for (const issue of parsed.error?.issues ?? []) problems[issue.path.join('.')] ??= issue.message
  if (model === null) {
    problems['modelId'] ??= 'Choose a model'
    return problems
  }
  if (model.state.kind === 'broken') problems['modelId'] = model.state.message
  const facts = model.image
  if (facts === undefined) return problems
  for (const side of ['width', 'height'] as const) {
    if (draft[side] > facts.maxSide) problems[side] ??= `This model draws at most ${facts.maxSide} px a side`
  }
  if (draft.initImage !== undefined && !facts.canEncode) {
    problems['initImage'] = 'This model cannot read a start image: its folder has no VAE encoder'
  }
  if (draft.skipLayers !== undefined && !facts.hasBlockGates) {
    problems['skipLayers'] = 'This model has no gates for skipping layers'
  }
  if (facts.encoders.length > 0 && facts.encoders.every(({ name }) => draft.withoutEncoders.includes(name))) {
    problems['withoutEncoders'] = 'Keep at least one text encoder'
  }
  return problems
}

/** The first problem of a field or of anything inside it. */
export function problemOf(problems: Problems, ...names: readonly string[]): string | null {
  for (const name of names) {
    for (const [path, message] of Object.entries(problems)) {
      if (path === name || path.startsWith(`${name}.`)) return message
    }
  }
  return null
}
