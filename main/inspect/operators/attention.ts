import type { Shape } from '../graph'
import { type Cost, type NodeContext, type Rule } from '../node-context'
import { elements, product, sum } from '../sizes'

// Scores and values take N h S T d multiply-adds each, S rows looking at T. What a causal mask leaves out is counted:
// kernels compute it too, and the note says so.

const causalNote = 'Counted in full: a causal mask would need half of the scores'

/** Scores over `width` query channels, values over `valueWidth`, and a softmax of five operations a score. */
function attend(
  batch: number | null,
  heads: number | null,
  rows: number | null,
  columns: number | null,
  width: number | null,
  valueWidth: number | null,
): { macs: number | null; elementOps: number | null } {
  return {
    macs: sum(product(batch, rows, columns, width), product(batch, rows, columns, valueWidth)),
    elementOps: product(5, batch, heads, rows, columns),
  }
}

/** ONNX's own: rows [N, S, h d] or heads apart [N, h, S, d]; keys may be fewer heads. */
function attention(at: NodeContext): Cost {
  const [query, key, value] = [at.shape(0), at.shape(1), at.shape(2)]
  const isApart = query?.length === 4
  const heads = isApart ? (query[1] ?? null) : at.int('q_num_heads', 1)
  const keyHeads = isApart ? (key?.[1] ?? null) : at.int('kv_num_heads', 1)
  const rowAxis = isApart ? 2 : 1
  const perHead = (shape: Shape, count: number | null): number | null =>
    isApart ? (shape?.[3] ?? null) : shape === null || count === null ? null : (shape[2] ?? 0) / count
  const [headSize, valueSize] = [perHead(query, heads), perHead(value, keyHeads)]
  const past = at.has(4) ? (at.shape(4)?.[2] ?? null) : 0
  const [batch, rows] = [query?.[0] ?? null, query?.[rowAxis] ?? null]
  const columns = sum(past, key?.[rowAxis] ?? null)
  at.give(
    0,
    at.dtype(0),
    query === null ? null : isApart ? [batch, heads, rows, valueSize] : [batch, rows, product(heads, valueSize)],
  )
  at.give(1, at.dtype(1), [batch, keyHeads, columns, perHead(key, keyHeads)])
  at.give(2, at.dtype(2), [batch, keyHeads, columns, valueSize])
  at.give(3, at.dtype(0), [batch, heads, rows, columns])
  const cost = attend(batch, heads, rows, columns, product(heads, headSize), product(heads, valueSize))
  return at.int('is_causal', 0) === 1 ? { ...cost, assumption: causalNote } : cost
}

/** com.microsoft: query, key and value come projected, as rows or with the keys' heads apart (then a cache). */
function multiHeadAttention(at: NodeContext): Cost {
  const query = at.shape(0)
  const heads = at.int('num_heads', 1)
  // All three packed into one: [N, S, h, 3, d].
  const packed = query?.length === 5 ? query : null
  const [batch, rows] = [query?.[0] ?? null, query?.[1] ?? null]
  const width = packed === null ? (query?.[2] ?? null) : product(packed[2]!, packed[4]!)
  const [key, value] = [at.shape(1), at.shape(2)]
  const past = at.has(6) ? (at.shape(6)?.[2] ?? null) : 0
  const own = packed !== null || !at.has(1) ? rows : key?.length === 4 ? (key[2] ?? null) : (key?.[1] ?? null)
  const columns = sum(past, own)
  const valueWidth =
    packed !== null || !at.has(2) ? width : value?.length === 4 ? product(value[1]!, value[3]!) : (value?.[2] ?? null)
  at.give(0, at.dtype(0), [batch, rows, valueWidth])
  at.give(1, at.dtype(0), [batch, heads, columns, width === null ? null : width / heads])
  at.give(2, at.dtype(0), [batch, heads, columns, valueWidth === null ? null : valueWidth / heads])
  const cost = attend(batch, heads, rows, columns, width, valueWidth)
  return at.int('unidirectional', 0) === 1 ? { ...cost, assumption: causalNote } : cost
}

/** com.microsoft: the projections are inside, as one matrix [Din, 3 D]. */
function fusedAttention(dataWeights: number, pastInput: number): Rule {
  return (at) => {
    const [input, weights] = [at.shape(0), at.shape(dataWeights)]
    const heads = at.int('num_heads', 1)
    const [batch, rows, inner] = [input?.[0] ?? null, input?.[1] ?? null, input?.[2] ?? null]
    const all = weights?.[1] ?? null
    const sizes = at.ints('qkv_hidden_sizes')
    const third = all === null ? null : all / 3
    const [width, valueWidth] = [sizes?.[0] ?? third, sizes?.[2] ?? third]
    const past = at.has(pastInput) ? (at.shape(pastInput)?.[3] ?? null) : 0
    const columns = sum(past, rows)
    at.give(0, at.dtype(dataWeights === 1 ? 0 : 3), [batch, rows, valueWidth])
    at.give(1, at.dtype(0), [2, batch, heads, columns, width === null ? null : width / heads])
    const core = attend(batch, heads, rows, columns, width, valueWidth)
    const cost: Cost = { macs: sum(product(batch, rows, inner, all), core.macs), elementOps: core.elementOps }
    return at.int('unidirectional', 0) === 1 ? { ...cost, assumption: causalNote } : cost
  }
}

/** com.microsoft: fewer heads of keys than of queries, with a cache that this run's rows are added to. */
function groupQueryAttention(at: NodeContext): Cost {
  const [query, key] = [at.shape(0), at.shape(1)]
  const [heads, keyHeads] = [at.int('num_heads', 1), at.int('kv_num_heads', 1)]
  const isPacked = !at.has(1)
  const [batch, rows, channels] = [query?.[0] ?? null, query?.[1] ?? null, query?.[2] ?? null]
  const headSize = channels === null ? null : channels / (isPacked ? heads + 2 * keyHeads : heads)
  const past = at.has(3) ? (at.shape(3)?.[2] ?? null) : 0
  const columns = sum(past, isPacked ? rows : (key?.[1] ?? null))
  const width = product(heads, headSize)
  at.give(0, at.dtype(0), [batch, rows, width])
  const cache: Shape = [batch, keyHeads, columns, headSize]
  at.give(1, at.dtype(3) ?? at.dtype(0), cache)
  at.give(2, at.dtype(4) ?? at.dtype(0), cache)
  return { ...attend(batch, heads, rows, columns, width, width), assumption: causalNote }
}

/** A rotation is two products and an addition for each element. */
function rotaryEmbedding(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0))
  return { macs: 0, elementOps: product(3, elements(at.outputShape())) }
}

export const attentionRules: Readonly<Record<string, Rule>> = {
  Attention: attention,
  'com.microsoft:Attention': fusedAttention(1, 4),
  QAttention: fusedAttention(1, 8),
  MultiHeadAttention: multiHeadAttention,
  GroupQueryAttention: groupQueryAttention,
  RotaryEmbedding: rotaryEmbedding,
}
