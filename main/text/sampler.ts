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

/** Ids with their logits. */
interface Candidates {
  readonly ids: ArrayLike<number>
  readonly logits: ArrayLike<number>
}

/**
 * The distribution of the token after a row.
 * @param history tokens up to the row, for the penalties; may be left out where there are none
 * @throws StudioError NOT_FINITE where the model's numbers are broken; RangeError where `needsLogits` but the row has none
 */
export function distributionOf(row: LogitsRow, settings: SamplerSettings, history?: TokenHistory): Distribution {
  if (needsLogits(settings) && row.logits === null) throw new RangeError('These settings need all logits of a row')
  const { temperature, topK, topP, minP } = settings
  const penalised = hasPenalties(settings) && row.logits !== null ? Float64Array.from(row.logits) : null
  if (penalised !== null) history?.penalise(penalised, settings)
  const all = penalised ?? row.logits
  if (temperature === 0) return certain(penalised === null ? row.topIds[0]! : topIndices(penalised, 1)[0]!)
  const kept = topK === 0 ? everything(all!) : mostLikelyOnes(row, penalised, topK)
  return filtered(softmax(kept, temperature), topP, minP)
}

function everything(logits: ArrayLike<number>): Candidates {
  return { ids: Int32Array.from(logits, (_, id) => id), logits }
}

/** Top-k; ascending by id. */
function mostLikelyOnes(row: LogitsRow, penalised: Float64Array | null, count: number): Candidates {
  const all = penalised ?? row.logits
  const isEnough = penalised === null && (count <= row.topIds.length || all === null)
  const ids = isEnough ? row.topIds.slice(0, count) : topIndices(all!, count)
  const values = new Map(Array.from(ids, (id, place) => [id, isEnough ? row.topValues[place]! : all![id]!]))
  ids.sort()
  return { ids, logits: Array.from(ids, (id) => values.get(id)!) }
}

/** Weights exp((logit - highest) / temperature): the highest has weight 1, so nothing overflows at any temperature. */
function softmax({ ids, logits }: Candidates, temperature: number): { ids: ArrayLike<number>; weights: Float64Array } {
  let highest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logits.length; i++) if (logits[i]! > highest) highest = logits[i]!
  const weights = new Float64Array(logits.length)
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp((logits[i]! - highest) / temperature)
    if (Number.isNaN(weight)) throw notFinite()
    weights[i] = weight
  }
  return { ids, weights }
}

/** Top-p, then min-p on what it left, and a distribution of the rest. */
function filtered(
  { ids, weights }: { ids: ArrayLike<number>; weights: Float64Array },
  topP: number,
  minP: number,
): Distribution {
  if (topP < 1) keepNucleus(weights, topP)
  // The highest weight is 1, and top-p never takes it away: min-p's threshold is minP itself.
  if (minP > 0) for (let i = 0; i < weights.length; i++) if (weights[i]! < minP) weights[i] = 0
  return normalised(ids, weights)
}

/** Sets to 0 all weights but the fewest, the highest first, whose share of the sum reaches topP. */
function keepNucleus(weights: Float64Array, topP: number): void {
  let sum = 0
  for (const weight of weights) sum += weight
  // Weights below this would not make up 1 - topP of the sum all together: the nucleus is among the others, mostly a few.
  const least = ((1 - topP) * sum) / (2 * weights.length)
  const candidates: number[] = []
  for (let i = 0; i < weights.length; i++) if (weights[i]! >= least) candidates.push(i)
  candidates.sort((one, other) => weights[other]! - weights[one]! || one - other)
  const nucleus = new Float64Array(weights.length)
  let reached = 0
  for (const index of candidates) {
    nucleus[index] = weights[index]!
    reached += weights[index]!
    if (reached >= topP * sum) break
  }
  weights.set(nucleus)
}

function notFinite(): StudioError {
  return new StudioError('NOT_FINITE', 'The language model returned numbers that are not finite', {
    remedy: 'Choose another precision of the model, or run it on the CPU.',
  })
}
