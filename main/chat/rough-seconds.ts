// How long a turn takes on a machine where nothing was measured yet: an order of magnitude from the size of the model, so that
// nobody starts by surprise what takes hours.

import { availableParallelism } from 'node:os'
import type { Provider } from '../../contract/devices'
import type { BagelVariant } from './folder'
import type { TurnWork } from './turn'

/** Multiply-adds and bytes of weights a second: slow and fast devices of a kind, as they are reached in practice. */
const rates = {
  /** For each core, from plain AVX2 to matrix units; memory is shared by all cores. */
  cpu: { products: [5e9, 150e9], bytes: [5e9, 60e9] },
  gpu: { products: [2e12, 200e12], bytes: [100e9, 2000e9] },
} as const

/** Of the FLUX autoencoder's decoder: 1.2 million multiply-adds a pixel with 50 million parameters. */
const productsPerPixelAndParameter = 0.024

/** Seconds as a range of about one in thirty, weights not counted. */
export function roughSeconds(
  work: TurnWork,
  { parameters, weights }: BagelVariant,
  provider: Provider,
): { low: number; high: number } {
  const kind = provider === 'cpu' ? 'cpu' : 'gpu'
  const cores = kind === 'cpu' ? availableParallelism() : 1
  // Each row goes through one of the two experts.
  const products =
    (work.prefillRows + work.passes * work.passRows) * ((parameters.decoder ?? 0) / 2) +
    work.pixels * productsPerPixelAndParameter * (parameters.vae_decoder ?? 0)
  // A token alone takes the time of reading one expert's weights and the head's.
  const bytes = work.tokens * ((weights.decoder ?? 0) / 2 + (weights.lm_head ?? 0))
  const seconds = (place: 0 | 1, tokens: number): number =>
    products / (rates[kind].products[place] * cores) + (tokens * bytes) / rates[kind].bytes[place]
  // An answer may be over after a fraction of the tokens that it may have.
  return { low: seconds(1, 0.1), high: seconds(0, 1) }
}
