// The decoder, whole or in parts: tokens of both experts in, hidden states and new rows of keys and values out.

import { float32, tensor, type Tensor } from '../tensor/tensor'
import type { ContextView } from './context'
import type { BagelVariant } from './folder'
import type { BagelGraphs } from './graphs'

/** Tokens to run. Either kind may have none. */
export interface DecoderInput {
  /** Of the understanding expert, [U, hidden], and their positions. */
  readonly und: Float32Array
  readonly undPositions: BigInt64Array
  /** Of the generation expert, [G, hidden], and theirs. */
  readonly gen: Float32Array
  readonly genPositions: BigInt64Array
  /** How many rows of this run each row sees, besides all cached ones: in a text those up to itself, in a picture all of the picture. */
  readonly sees: BigInt64Array
}

/** What to copy out. */
export type DecoderWants = 'rows' | 'und' | 'gen' | 'rows and und'

export interface DecoderOutput {
  /** [U, hidden] after the norm; where wanted. */
  readonly und: Float32Array
  /** [G, hidden] before the norm; where wanted. */
  readonly gen: Float32Array
  /** New rows of a layer, those of the understanding expert first; where wanted. */
  readonly rows: (layer: number, kind: 'k' | 'v') => Float32Array
}

const nothing = new Float32Array(0)
const noPositions = new BigInt64Array(0)

/** Tokens of text. @param first position of the first one */
export function textInput(embeds: Float32Array, first: number, count: number): DecoderInput {
  const undPositions = BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i))
  const sees = BigInt64Array.from({ length: count }, (_, i) => BigInt(i + 1))
  return { und: embeds, undPositions, gen: nothing, genPositions: noPositions, sees }
}

/** Tokens of a picture, all at one position. @param und,gen [U, hidden] and [G, hidden] */
export function pictureInput(und: Float32Array, gen: Float32Array, position: number, hidden: number): DecoderInput {
  const positions = (values: Float32Array): BigInt64Array =>
    new BigInt64Array(values.length / hidden).fill(BigInt(position))
  const [undPositions, genPositions] = [positions(und), positions(gen)]
  const rows = undPositions.length + genPositions.length
  return { und, undPositions, gen, genPositions, sees: new BigInt64Array(rows).fill(BigInt(rows)) }
}

/** Texts and pictures of the understanding expert that go through the decoder together: each sees those before it, as if it came alone. */
export function inOneRun(inputs: readonly DecoderInput[]): DecoderInput {
  const [first] = inputs
  if (first !== undefined && inputs.length === 1) return first
  const rows = inputs.reduce((sum, { undPositions }) => sum + undPositions.length, 0)
  const und = new Float32Array(inputs.reduce((sum, input) => sum + input.und.length, 0))
  const [undPositions, sees] = [new BigInt64Array(rows), new BigInt64Array(rows)]
  let [row, place] = [0, 0]
  for (const input of inputs) {
    const before = BigInt(row)
    und.set(input.und, place)
    undPositions.set(input.undPositions, row)
    input.sees.forEach((count, i) => (sees[row + i] = before + count))
    row += input.undPositions.length
    place += input.und.length
  }
  return { und, undPositions, gen: nothing, genPositions: noPositions, sees }
}

/** Keys and values of a view as the graph's inputs, on the same memory: valid until the context is written to. */
export function pastFeeds({ context, length }: ContextView): Record<string, Tensor> {
  const { store } = context
  const feeds: Record<string, Tensor> = {}
  for (let layer = 0; layer < store.sizes.layers; layer++) {
    feeds[`past_k.${layer}`] = store.past(layer, 'k', length)
    feeds[`past_v.${layer}`] = store.past(layer, 'v', length)
  }
  return feeds
}

/** Names of a part's inputs and outputs that hold rows. */
interface RowNames {
  readonly past: readonly string[]
  readonly fresh: readonly string[]
}

const rowNames = new WeakMap<BagelVariant, readonly RowNames[]>()

/** Made once for each model: hundreds of names for every token would cost as much as small graphs do. */
function rowNamesOf(variant: BagelVariant): readonly RowNames[] {
  let names = rowNames.get(variant)
  if (names === undefined) {
    names = variant.decoder.map(({ first, end }) => {
      const layers = Array.from({ length: end - first }, (_, i) => first + i)
      const of = (prefix: string): string[] =>
        layers.flatMap((layer) => [`${prefix}_k.${layer}`, `${prefix}_v.${layer}`])
      return { past: of('past'), fresh: of('new') }
    })
    rowNames.set(variant, names)
  }
  return names
}

function chosen(past: Readonly<Record<string, Tensor>>, names: readonly string[]): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  for (const name of names) feeds[name] = past[name]!
  return feeds
}

/** Runs all parts in order. @param past as pastFeeds gives it */
export async function runDecoder(
  graphs: BagelGraphs,
  past: Readonly<Record<string, Tensor>>,
  input: DecoderInput,
  wants: DecoderWants,
): Promise<DecoderOutput> {
  const { hidden } = graphs.facts
  const parts = rowNamesOf(graphs.variant)
  const shared = {
    und_pos: tensor('int64', [input.undPositions.length], input.undPositions),
    gen_pos: tensor('int64', [input.genPositions.length], input.genPositions),
    sees: tensor('int64', [input.sees.length], input.sees),
  }
  const wantsRows = wants === 'rows' || wants === 'rows and und'
  const rows: Record<string, Tensor> = {}
  let [und, gen] = [input.und, input.gen]
  for (const [place, names] of parts.entries()) {
    const isLast = place === parts.length - 1
    const feeds: Record<string, Tensor> = {
      // A whole decoder takes them as they are, which is much faster than name by name.
      ...(parts.length === 1 ? past : chosen(past, names.past)),
      ...shared,
      und_embeds: float32([1, und.length / hidden, hidden], und),
      gen_embeds: float32([1, gen.length / hidden, hidden], gen),
    }
    // What is not fetched is not copied out: the rows of noise, and the states of a prompt.
    const fetches = [
      ...(!isLast || wants === 'und' || wants === 'rows and und' ? ['und_hidden'] : []),
      ...(!isLast || wants === 'gen' ? ['gen_hidden'] : []),
      ...(wantsRows ? names.fresh : []),
    ]
    const outputs = await graphs.runDecoder(place, feeds, fetches)
    und = (outputs['und_hidden']?.data ?? nothing) as Float32Array
    gen = (outputs['gen_hidden']?.data ?? nothing) as Float32Array
    Object.assign(rows, outputs)
  }
  return { und, gen, rows: (layer, kind) => rows[`new_${kind}.${layer}`]!.data as Float32Array }
}
