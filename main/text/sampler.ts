// The sampler chain: from the target's logits to the distribution that a token is drawn from. In this order, each step on what the
// one before left: penalties, temperature, top-k, top-p, min-p, and a last normalisation. The same chain defines p for
// speculative decoding, whichever row it is asked for. All in float64.

import { StudioError } from '../../contract/errors'
import type { Sampling } from '../../contract/speculation'
import { certain, normalised, type Distribution } from './distribution'
import type { LogitsRow } from './language-model'
import { hasPenalties, type TokenHistory } from './token-history'
import { topIndices } from './top-values'

export type { Distribution } from './distribution'

/** The settings that shape a distribution; the seed only draws from it. */
export type SamplerSettings = Omit<Sampling, 'seed'>

/** Tokens that every graph gives without being asked for all logits. */
const always = 64

/** Whether the chain can end in tokens outside the 64 most likely, so that a forward must return all logits. */
export function needsLogits(settings: SamplerSettings): boolean {
  if (hasPenalties(settings)) return true
  return settings.temperature > 0 && (settings.topK === 0 || settings.topK > always)
}

/** Ids, ascending, with their logits. */
interface Candidates {
  readonly ids: Int32Array
  readonly logits: Float64Array
}

/**
 * The distribution of the token after a row.
 * @param history tokens up to the row, for the penalties; may be left out where there are none
 * @throws StudioError NOT_FINITE where the model's numbers are broken; RangeError where `needsLogits` but the row has none
 */
export function distributionOf(row: LogitsRow, settings: SamplerSettings, history?: TokenHistory): Distribution {
  if (needsLogits(settings) && row.logits === null) throw new RangeError('These settings need all logits of a row')
  const { temperature, topK, topP, minP } = settings
  const penalised = hasPenalties(settings) ? new Float64Array(row.logits!) : null
  if (penalised !== null) history?.penalise(penalised, settings)
  if (temperature === 0) return certain(penalised === null ? row.topIds[0]! : topIndices(penalised, 1)[0]!)
  const { ids, logits } = topK === 0 ? everything(penalised, row) : mostLikelyOnes(penalised, row, topK)
  const weights = softmax(logits, temperature)
  if (topP < 1) keepNucleus(weights, topP)
  // The highest weight is 1, and top-p never takes it away: min-p's threshold is minP itself.
  if (minP > 0) for (let i = 0; i < weights.length; i++) if (weights[i]! < minP) weights[i] = 0
  return normalised(ids, weights)
}

function everything(penalised: Float64Array | null, row: LogitsRow): Candidates {
  const logits = penalised ?? new Float64Array(row.logits!)
  return { ids: idsUpTo(logits.length), logits }
}

let counted = new Int32Array()

/** 0, 1, 2, ...; made once for each vocabulary, and to be read only. */
function idsUpTo(length: number): Int32Array {
  if (counted.length < length) {
    counted = new Int32Array(length)
    for (let id = 0; id < length; id++) counted[id] = id
  }
  return counted.subarray(0, length)
}

function mostLikelyOnes(penalised: Float64Array | null, row: LogitsRow, count: number): Candidates {
  if (penalised === null && (count <= row.topIds.length || row.logits === null)) {
    const ids = row.topIds.slice(0, count).sort()
    return { ids, logits: Float64Array.from(ids, (id) => row.topValues[row.topIds.indexOf(id)]!) }
  }
  const all = penalised ?? new Float64Array(row.logits!)
  const ids = topIndices(all, count).sort()
  return { ids, logits: Float64Array.from(ids, (id) => all[id]!) }
}

/** Weights exp((logit - highest) / temperature): the highest has weight 1, so nothing overflows at any temperature. */
function softmax(logits: Float64Array, temperature: number): Float64Array {
  let highest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logits.length; i++) if (logits[i]! > highest) highest = logits[i]!
  const weights = new Float64Array(logits.length)
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp((logits[i]! - highest) / temperature)
    if (Number.isNaN(weight)) throw notFinite()
    weights[i] = weight
  }
  return weights
}

/** Sets to 0 all weights but the fewest, the highest first, of equal ones the lowest id, whose share of the sum reaches topP. */
function keepNucleus(weights: Float64Array, topP: number): void {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += weights[i]!
  // Mostly a few tokens are enough; sorting all of them would take longer than the model.
  for (let count = 64; ; count *= 8) {
    const inOrder = topIndices(weights, count)
    let reached = 0
    const last = inOrder.findIndex((index) => (reached += weights[index]!) >= topP * sum)
    if (last < 0 && inOrder.length < weights.length) continue
    const nucleus = last < 0 ? inOrder : inOrder.subarray(0, last + 1)
    const kept = Float64Array.from(nucleus, (index) => weights[index]!)
    weights.fill(0)
    nucleus.forEach((index, place) => (weights[index] = kept[place]!))
    return
  }
}

function notFinite(): StudioError {
  return new StudioError('NOT_FINITE', 'The language model returned numbers that are not finite', {
    remedy: 'Choose another precision of the model, or run it on the CPU.',
  })
}
