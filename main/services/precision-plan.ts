// What a comparison of a model runs: which graphs, which of them are converted, whose layers are looked at.

import type { Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import type { PrecisionOptions, PrecisionSettings, SubjectKind } from '../../contract/precision'
import type { LibraryEntry } from '../models/recognise'
import { columnFacts, columnFactsOn } from '../precision/column-labels'
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
    const target = language.precisions[language.defaultPrecision]?.target
    const drafters = Object.entries(language.drafters).flatMap(([role, facts]) =>
      facts === undefined ? [] : [[role, facts.file] as const],
    )
    return { ...(target === undefined ? {} : { target }), ...Object.fromEntries(drafters) }
  }
  if (bagel !== undefined) {
    const files = bagel.precisions[bagel.defaultPrecision]
    const parts = (files?.decoder ?? []).map(
      (part, index, all) => [all.length === 1 ? 'decoder' : `decoder-${index}`, part.file] as const,
    )
    return { ...Object.fromEntries(parts), ...files?.graphs }
  }
  if (detector !== undefined) {
    const graphs = detector.precisions[detector.defaultPrecision]
    return graphs === undefined ? {} : { detect: graphs.detect, ...graphs.stages }
  }
  return {}
}

/** Why a model cannot be compared by a kind of subject; null where it can. */
export function subjectReason(
  kind: SubjectKind,
  { model, sd3, language, bagel, detector }: LibraryEntry,
): string | null {
  switch (kind) {
    case 'picture':
      if (sd3 !== undefined) return null
      return bagel === undefined
        ? `${model.name} does not draw pictures.`
        : `${model.name} draws inside a conversation, whose decoder multiplies in bytes already: compare its graphs one by one.`
    case 'text':
      if (language !== undefined) return null
      return bagel === undefined
        ? `${model.name} does not write text.`
        : `${model.name} writes inside a conversation, whose decoder multiplies in bytes already: compare its graphs one by one.`
    case 'detection':
      return detector === undefined ? `${model.name} finds no objects.` : null
    case 'graph':
      return null
  }
}

/** @throws StudioError MODEL_UNSUPPORTED, INVALID_INPUT */
export function precisionPlan(
  entry: LibraryEntry,
  settings: Pick<PrecisionSettings, 'subject' | 'roles'>,
): PrecisionPlan {
  const { subject } = settings
  const { model, sd3, language, bagel, detector } = entry
  const reason = subjectReason(subject.kind, entry)
  if (reason !== null) {
    throw new StudioError('MODEL_UNSUPPORTED', reason, {
      field: 'subject.kind',
      remedy: 'Choose another kind of input, or another model.',
    })
  }
  const all = modelGraphs(entry)
  const files = (sd3 ?? language ?? bagel ?? detector)?.files ?? []
  const wanted =
    subject.kind === 'picture'
      ? pictureRoles
      : subject.kind === 'text'
        ? ['target']
        : subject.kind === 'graph'
          ? [subject.role]
          : ['detect']
  const graphs = Object.fromEntries(Object.entries(all).filter(([role]) => wanted.includes(role as never)))
  const mainRole = subject.kind === 'graph' ? subject.role : (wanted[0] ?? '')
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

/** What the panel may offer for a model. */
export function precisionOptions(entry: LibraryEntry, provider: Provider): PrecisionOptions {
  const graphs = Object.entries(modelGraphs(entry)).map(([role, path]) => {
    const outline = readGraphOutline(path)
    const dimensions = new Set(
      outline.inputs.flatMap(({ shape }) =>
        shape.filter((size) => typeof size === 'string' && size !== ''),
      ) as string[],
    )
    const converted =
      entry.sd3 === undefined ? role === 'target' || role === 'detect' : pictureRoles.includes(role as never)
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
