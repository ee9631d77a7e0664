// What a comparison of a model runs: which graphs, which of them are converted, whose layers are looked at.

import type { Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import type { PrecisionOptions, PrecisionSettings, SubjectKind } from '../../contract/precision'
import { decoderRoles, variantFor } from '../chat/folder'
import type { LibraryEntry } from '../models/recognise'
import { columnFacts, columnFactsOn } from '../precision/column-labels'
import { summedDimensions } from '../precision/graph-subject'
import { readGraphOutline } from '../runtime/graph-outline'

export interface PrecisionPlan {
  readonly modelName: string
  /** Files that the model's hash is made of. */
  readonly files: readonly string[]
  readonly graphs: Readonly<Record<string, string>>
  readonly roles: readonly string[]
  readonly mainRole: string
}

/** Parts of a picture model that a drawing runs. */
const pictureRoles = ['transformer', 'vae_decoder', 'text_encoder', 'text_encoder_2', 'text_encoder_3'] as const

/** Every graph of a model by role, the main one first. */
export function modelGraphs({ sd3, language, bagel, detector }: LibraryEntry): Record<string, string> {
  if (sd3 !== undefined) {
    const known = pictureRoles.flatMap((role) =>
      sd3.graphs[role] === undefined ? [] : [[role, sd3.graphs[role]] as const],
    )
    return { ...Object.fromEntries(known), ...sd3.graphs }
  }
  if (language !== undefined) {
    const target = language.precisions[language.storedPrecision]?.target
    const drafters = Object.entries(language.drafters).flatMap(([role, facts]) =>
      facts === undefined ? [] : [[role, facts.file] as const],
    )
    return { ...(target === undefined ? {} : { target }), ...Object.fromEntries(drafters) }
  }
  if (bagel !== undefined) {
    const files = bagel.precisions[bagel.defaultPrecision]
    if (files === undefined) return {}
    const names = decoderRoles(files)
    const parts = files.decoder.map((part, index) => [names[index]!, part.file] as const)
    return { ...Object.fromEntries(parts), ...files.graphs }
  }
  if (detector !== undefined) {
    const graphs = detector.precisions[detector.defaultPrecision]
    return graphs === undefined ? {} : { detect: graphs.detect, ...graphs.stages }
  }
  return {}
}

/** Graphs besides the decoder that a conversation runs to draw, and to answer in words. */
const conversationRoles = {
  picture: ['token_embedding', 'latent_embedding', 'velocity_head', 'vae_decoder'],
  text: ['token_embedding', 'vision_encoder', 'lm_head'],
} as const

/** Why a model cannot be compared by a kind of subject; null where it can. */
export function subjectReason(
  kind: SubjectKind,
  { model, sd3, language, bagel, detector }: LibraryEntry,
): string | null {
  switch (kind) {
    case 'picture': {
      const draws = sd3 !== undefined || model.chat?.modes.includes('draw') === true
      return draws ? null : `${model.name} does not draw pictures.`
    }
    case 'text': {
      const writes = language !== undefined || bagel !== undefined
      return writes ? null : `${model.name} does not write text.`
    }
    case 'detection':
      return detector === undefined ? `${model.name} finds no objects.` : null
    case 'graph':
      return null
  }
}

/** The graphs that a subject runs, the main one first. */
function rolesOf(subject: PrecisionSettings['subject'], { bagel }: LibraryEntry): readonly string[] {
  switch (subject.kind) {
    case 'graph':
      return [subject.role]
    case 'detection':
      return ['detect']
    case 'picture':
      return bagel === undefined ? pictureRoles : [...decoderRoles(variantFor(bagel)), ...conversationRoles.picture]
    case 'text': {
      if (bagel === undefined) return ['target']
      const roles = conversationRoles.text.filter((role) => role !== 'vision_encoder' || subject.picture !== null)
      return [...decoderRoles(variantFor(bagel)), ...roles]
    }
  }
}

/** Why a question about a picture cannot be asked; null where it can, or where there is no picture. */
function pictureReason(subject: PrecisionSettings['subject'], { model, bagel }: LibraryEntry): string | null {
  if (subject.kind !== 'text' || subject.picture === null) return null
  return bagel !== undefined && model.chat?.seesPictures === true ? null : `${model.name} reads no pictures.`
}

/** @throws StudioError MODEL_UNSUPPORTED, INVALID_INPUT */
export function precisionPlan(
  entry: LibraryEntry,
  settings: Pick<PrecisionSettings, 'subject' | 'roles'>,
): PrecisionPlan {
  const { subject } = settings
  const { model, sd3, language, bagel, detector } = entry
  const reason = subjectReason(subject.kind, entry) ?? pictureReason(subject, entry)
  if (reason !== null) {
    throw new StudioError('MODEL_UNSUPPORTED', reason, {
      field: 'subject.kind',
      remedy: 'Choose another kind of input, or another model.',
    })
  }
  const all = modelGraphs(entry)
  const files = (sd3 ?? language ?? bagel ?? detector)?.files ?? []
  const wanted = rolesOf(subject, entry)
  const graphs = Object.fromEntries(
    wanted.flatMap((role) => (all[role] === undefined ? [] : [[role, all[role]] as const])),
  )
  const mainRole = wanted[0] ?? ''
  if (graphs[mainRole] === undefined) {
    throw new StudioError('INVALID_INPUT', `${model.name} has no graph "${mainRole}"`, {
      field: 'subject.role',
      remedy: `Use one of: ${Object.keys(all).join(', ')}.`,
    })
  }
  const roles = settings.roles ?? Object.keys(graphs)
  const unknown = roles.find((role) => graphs[role] === undefined)
  if (unknown !== undefined || roles.length === 0) {
    throw new StudioError(
      'INVALID_INPUT',
      unknown === undefined ? 'No graph is to be converted' : `The graph "${unknown}" takes no part in this comparison`,
      {
        field: 'roles',
        remedy: `Use some of: ${Object.keys(graphs).join(', ')}.`,
      },
    )
  }
  return { modelName: model.name, files, graphs, roles, mainRole }
}

const subjectKinds: readonly SubjectKind[] = ['picture', 'text', 'detection', 'graph']

/** Graphs that some subject of a model converts. */
function convertedRoles({ sd3, bagel }: LibraryEntry): readonly string[] {
  if (sd3 !== undefined) return pictureRoles
  if (bagel === undefined) return ['target', 'detect']
  return [...decoderRoles(variantFor(bagel)), ...conversationRoles.picture, ...conversationRoles.text]
}

/** What the panel may offer for a model. */
export function precisionOptions(entry: LibraryEntry, provider: Provider): PrecisionOptions {
  const graphs = Object.entries(modelGraphs(entry)).map(([role, path]) => {
    const outline = readGraphOutline(path)
    const names = outline.inputs.flatMap(({ shape }) => shape.filter((size) => typeof size === 'string'))
    // What is the sum of others follows from them.
    const dimensions = new Set(names.filter((name) => name !== '' && summedDimensions(name).length === 0))
    const converted = convertedRoles(entry).includes(role)
    return { role, bytes: outline.bytes, converted, dimensions: [...dimensions] }
  })
  return {
    subjects: subjectKinds.map((kind) => ({ kind, reason: subjectReason(kind, entry) })),
    graphs,
    columns: (Object.keys(columnFacts) as (keyof typeof columnFacts)[]).map((column) => ({
      column,
      ...columnFactsOn(column, provider),
      reason: null,
    })),
  }
}
