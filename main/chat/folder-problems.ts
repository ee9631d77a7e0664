// What can be wrong with a BAGEL model's folder, seen without loading a graph.

import type { GraphOutline } from '../runtime/graph-outline'
import type { FolderProblem } from '../text/folder-checks'
import { graphRoles, type BagelFacts, type GraphFiles, type GraphRole } from './manifest'

/** Graphs that every model has; without the others it cannot draw, or shows no small previews. */
const neededRoles = ['token_embedding', 'lm_head'] as const

/** Graphs that come together: seeing, and drawing. */
const drawingRoles = ['latent_embedding', 'velocity_head', 'vae_decoder', 'vae_encoder'] as const

/**
 * Compares what studio.json says with the graphs' own declarations and with itself.
 * @param outlines of the graphs that could be read, by file name; the others are problems already
 */
export function checkBagelFolder(
  name: string,
  facts: BagelFacts,
  precisions: Readonly<Record<string, GraphFiles>>,
  outlines: ReadonlyMap<string, GraphOutline>,
): FolderProblem[] {
  const graphs = Object.entries(precisions).flatMap(([precision, files]) => [
    ...missingGraphs(name, precision, files),
    ...wrongNames(files, outlines),
    ...wrongParts(precision, files, facts, outlines),
  ])
  return [...graphs, ...wrongSizes(facts)]
}

function missingGraphs(name: string, precision: string, files: GraphFiles): FolderProblem[] {
  const wanted: (keyof GraphFiles)[] = ['decoder', ...neededRoles]
  if (drawingRoles.some((role) => files[role] !== undefined)) wanted.push(...drawingRoles)
  return wanted
    .filter((role) => files[role] === undefined)
    .map((role) => ({
      message: `studio.json of ${name} names no ${String(role)} for ${precision}`,
      remedy: `Name its file under graphs; the roles are: decoder, ${graphRoles.join(', ')}.`,
    }))
}

/** Inputs and outputs of the graphs, as docs/graphs.md has them. */
const namesByRole = {
  token_embedding: [['input_ids'], ['embeds']],
  vision_encoder: [['patches', 'position_ids'], ['embeds']],
  vae_encoder: [['pixels'], ['mean', 'logvar']],
  latent_embedding: [['latents', 'timestep', 'position_ids'], ['embeds']],
  lm_head: [['hidden'], ['logits']],
  velocity_head: [['gen_hidden'], ['velocity']],
  vae_decoder: [['latent'], ['pixels']],
} as const satisfies Partial<Record<GraphRole, readonly [readonly string[], readonly string[]]>>

function wrongNames(files: GraphFiles, outlines: ReadonlyMap<string, GraphOutline>): FolderProblem[] {
  const problems: FolderProblem[] = []
  for (const [role, [inputs, outputs]] of Object.entries(namesByRole)) {
    const file = files[role as GraphRole]
    const outline = file === undefined ? undefined : outlines.get(file)
    if (file === undefined || outline === undefined) continue
    const has = (values: GraphOutline['inputs'], name: string): boolean => values.some((value) => value.name === name)
    const missing = [
      ...inputs.filter((name) => !has(outline.inputs, name)).map((name) => `input ${name}`),
      ...outputs.filter((name) => !has(outline.outputs, name)).map((name) => `output ${name}`),
    ]
    if (missing.length === 0) continue
    problems.push({
      message: `${file} is no ${role}: it has no ${missing.join(' and no ')}`,
      remedy: 'Export the model again, or name the right file for this role in studio.json.',
    })
  }
  return problems
}

/** Parts must follow each other without a gap, and take keys and values of the size that the manifest says. */
function wrongParts(
  precision: string,
  { decoder = [] }: GraphFiles,
  facts: BagelFacts,
  outlines: ReadonlyMap<string, GraphOutline>,
): FolderProblem[] {
  const problems: FolderProblem[] = []
  let next = 0
  for (const { file, layers } of decoder) {
    const [first, end] = layers
    if (first !== next) {
      problems.push({
        message: `The decoder of ${precision} goes from layer ${next} on with ${file}, which begins at layer ${first}`,
        remedy: 'List the parts of the decoder in the order of their layers, without a gap.',
      })
    }
    next = end
    const outline = outlines.get(file)
    if (outline !== undefined) problems.push(...wrongPasts(file, outline, [first, end], facts))
  }
  if (decoder.length > 0 && next !== facts.layers) {
    problems.push({
      message: `The decoder of ${precision} ends after ${next} of ${facts.layers} layers`,
      remedy: 'Add the missing parts of the decoder to studio.json, or correct the number of layers.',
    })
  }
  return problems
}

function wrongPasts(
  file: string,
  outline: GraphOutline,
  [first, end]: readonly [number, number],
  { keyValueHeads, headSize }: BagelFacts,
): FolderProblem[] {
  for (let layer = first; layer < end; layer++) {
    for (const kind of ['k', 'v']) {
      const past = outline.inputs.find(({ name }) => name === `past_${kind}.${layer}`)
      const fits = past?.shape.length === 3 && past.shape[1] === keyValueHeads && past.shape[2] === headSize
      if (fits) continue
      const has = past === undefined ? 'it has no such input' : `it takes [${past.shape.join(', ')}]`
      return [
        {
          message: `${file} must take past_${kind}.${layer} of [rows, ${keyValueHeads}, ${headSize}]; ${has}`,
          remedy: 'Export the model again, or correct layers, keyValueHeads and headSize in studio.json.',
        },
      ]
    }
  }
  return []
}

function wrongSizes(facts: BagelFacts): FolderProblem[] {
  const { vaeTransform, vitTransform, specialTokens } = facts
  const problems: FolderProblem[] = []
  const refuse = (message: string): void => {
    problems.push({ message: `studio.json: ${message}`, remedy: 'Correct studio.json, or download the model again.' })
  }
  const transforms = [
    ['vaeTransform', vaeTransform, facts.latentDownsample, facts.maxLatentSize],
    ['vitTransform', vitTransform, facts.vitPatch, facts.vitMaxPatches],
  ] as const
  for (const [name, { stride, minSide, maxSide }, unit, table] of transforms) {
    if (stride % unit !== 0) refuse(`the stride ${stride} of ${name} is no multiple of ${unit} px, the side of a token`)
    if (minSide > maxSide) refuse(`${name} has a smallest side of ${minSide} px above the largest of ${maxSide} px`)
    if (maxSide / unit > table) {
      refuse(`${name} allows ${maxSide} px, but the table of positions ends at ${table * unit} px`)
    }
  }
  for (const [token, id] of Object.entries(specialTokens)) {
    if (typeof id === 'number' && id >= facts.vocabulary) {
      refuse(`the token ${token} has the id ${id}, but the vocabulary ends at ${facts.vocabulary - 1}`)
    }
  }
  return problems
}
