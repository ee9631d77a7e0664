// Folders as transformers.js reads them: config.json and tokenizer.json beside onnx/model*.onnx.

import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import { readGraphOutline } from '../runtime/graph-outline'
import { checkTextFiles, readOutlines, weightFiles, type FolderProblem } from './folder-checks'
import type { LanguageFolder, PrecisionFiles } from './language-folder'
import { readJson, readOptionalJson } from './model-files'

const count = z.int().min(1)
const tokenIds = z.union([z.int(), z.array(z.int())]).nullish()

const configSchema = z.looseObject({
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  vocab_size: count,
  max_position_embeddings: count,
  eos_token_id: tokenIds,
  _name_or_path: z.string().nullish(),
})
const generationSchema = z.looseObject({ eos_token_id: tokenIds })

/** Names of the graph, the newest habit first; what follows an underscore is the precision. */
const graphPattern = /^(?:model|decoder_model_merged)(?:_(?<precision>[a-z0-9]+))?\.onnx$/u
/** Quickest on a CPU first. */
const preferred = ['q4', 'int8', 'quantized', 'uint8', 'fp32', 'fp16', 'q4f16']

/**
 * Graphs that continue text from a past, by precision; none where the folder is no such export. Encoders, whose folders look
 * alike, have no past.
 */
export function findStandardGraphs(folder: string): { precision: string; file: string }[] {
  if (!existsSync(path.join(folder, 'config.json')) || !existsSync(path.join(folder, 'onnx'))) return []
  const found = new Map<string, string>()
  for (const name of readdirSync(path.join(folder, 'onnx')).sort().reverse()) {
    const precision = graphPattern.exec(name)?.groups
    if (precision !== undefined) found.set(precision['precision'] ?? 'fp32', path.join(folder, 'onnx', name))
  }
  const graphs = [...found].map(([precision, file]) => ({ precision, file }))
  const rank = ({ precision }: { precision: string }): number => (preferred.indexOf(precision) + 99) % 99
  graphs.sort((one, other) => rank(one) - rank(other))
  return graphs.some(({ file }) => takesPast(file)) ? graphs : []
}

function takesPast(file: string): boolean {
  try {
    const { inputs, outputs } = readGraphOutline(file)
    const has = (values: readonly { name: string }[], name: string): boolean => values.some((it) => it.name === name)
    return has(inputs, 'past_key_values.0.key') && has(inputs, 'input_ids') && has(outputs, 'logits')
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    return false
  }
}

/** Reads such a folder; see readLanguageFolder. */
export async function readStandardFolder(folder: string): Promise<LanguageFolder> {
  const config = await readJson(path.join(folder, 'config.json'), configSchema)
  const generation = await readOptionalJson(path.join(folder, 'generation_config.json'), generationSchema)
  const graphs = findStandardGraphs(folder)
  const problems: FolderProblem[] = []
  const outlines = await readOutlines(
    graphs.map(({ file }) => file),
    problems,
  )
  const { hasChatTemplate } = await checkTextFiles(folder, problems)
  const headSize = config.head_dim ?? config.hidden_size / config.num_attention_heads
  const endTokens = [generation?.eos_token_id ?? config.eos_token_id ?? []].flat()
  return {
    path: folder,
    name: path.basename(config._name_or_path || folder),
    description: '',
    layout: 'transformers.js',
    ...weightFiles(outlines),
    sizes: {
      layers: config.num_hidden_layers,
      hidden: config.hidden_size,
      keyValueWidth: (config.num_key_value_heads ?? config.num_attention_heads) * headSize,
      vocabulary: config.vocab_size,
      contextLength: config.max_position_embeddings,
      exitLayers: 0,
      draftVocabulary: 0,
    },
    // The tokenizer's own rules put one before a prompt where the model wants it.
    beginToken: null,
    endTokens,
    precisions: Object.fromEntries(
      graphs.map(({ precision, file }): [string, PrecisionFiles] => [precision, { target: file }]),
    ),
    defaultPrecision: graphs[0]?.precision ?? 'fp32',
    storedPrecision: graphs[0]?.precision ?? 'fp32',
    drafters: {},
    hasChatTemplate,
    prompts: [],
    problems,
  }
}
