import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Residency } from '../runtime/residency'
import { Context } from './context'
import { inOneRun, pastFeeds, pictureInput, runDecoder, textInput, type DecoderInput } from './decoder'
import { variantFor } from './folder'
import { BagelGraphs } from './graphs'
import { seededNoise } from './noise-source'
import { appendTokens } from './read-block'
import { tinyBagel } from './testing/scenario'

describe('the decoder', () => {
  const sessions = new Residency()
  let graphs: BagelGraphs
  beforeAll(async () => {
    const { folder } = await tinyBagel()
    const variant = variantFor(folder)
    graphs = new BagelGraphs({
      modelId: 't',
      folder,
      variant,
      provider: 'cpu',
      threads: 1,
      sessions,
      isCancelled: () => false,
    })
  })
  const difference = (one: Float32Array, other: Float32Array): number =>
    one.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i]!)), 0)

  it('reads a text the same in one chunk and in several', async () => {
    const ids = fc.array(fc.integer({ min: 0, max: 379 }), { minLength: 2, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(ids, fc.nat(40), async (tokens, place) => {
        const [whole, parts] = [new Context(graphs.facts), new Context(graphs.facts)]
        const at = 1 + (place % (tokens.length - 1))
        await appendTokens(graphs, whole, tokens, 'rows')
        await appendTokens(graphs, parts, tokens.slice(0, at), 'rows')
        await appendTokens(graphs, parts, tokens.slice(at), 'rows')
        for (const kind of ['k', 'v'] as const) {
          const [one, other] = [whole, parts].map(({ store }) => store.past(2, kind, tokens.length).data)
          expect(difference(one!, other!)).toBeLessThan(2e-5)
        }
      }),
      { numRuns: 15 },
    )
  })

  it('reads a picture and the texts around it the same in one run and one by one', async () => {
    const { hidden, layers } = graphs.facts
    const inputs = async (): Promise<DecoderInput[]> => [
      textInput(await graphs.embedTokens([380, 7, 8, 381]), 0, 4),
      pictureInput(seededNoise(3).latents(6 * hidden), new Float32Array(0), 4, hidden),
      textInput(await graphs.embedTokens([380, 9, 381]), 5, 3),
    ]
    const [together, apart] = [new Context(graphs.facts), new Context(graphs.facts)]
    const append = async (context: Context, input: DecoderInput): Promise<void> => {
      const past = pastFeeds({ context, length: context.length, rope: 0 })
      context.append(input.undPositions.length, (await runDecoder(graphs, past, input, 'rows')).rows)
    }
    await append(together, inOneRun(await inputs()))
    for (const input of await inputs()) await append(apart, input)
    for (let layer = 0; layer < layers; layer++) {
      for (const kind of ['k', 'v'] as const) {
        const [one, other] = [together, apart].map(({ store }) => store.past(layer, kind, 13).data)
        expect(difference(one!, other!)).toBeLessThan(2e-5)
      }
    }
  })

  it('does not care in which order the rows of a picture come', async () => {
    const { hidden } = graphs.facts
    const context = new Context(graphs.facts)
    await appendTokens(graphs, context, [380, 5, 6, 381], 'rows')
    context.close('text', 4, 'x')
    const borders = await graphs.embedTokens([382, 383])
    const tokens = seededNoise(1).latents(6 * hidden)
    const order = [3, 0, 5, 1, 4, 2]
    const mixed = new Float32Array(tokens.length)
    order.forEach((from, to) => mixed.set(tokens.subarray(from * hidden, (from + 1) * hidden), to * hidden))
    const states = async (gen: Float32Array): Promise<Float32Array> =>
      (await runDecoder(graphs, pastFeeds(context.view()), pictureInput(borders, gen, 4, hidden), 'gen')).gen
    const [plain, permuted] = [await states(tokens), await states(mixed)]
    order.forEach((from, to) => {
      const [one, other] = [
        plain.subarray(from * hidden, (from + 1) * hidden),
        permuted.subarray(to * hidden, (to + 1) * hidden),
      ]
      expect(difference(one, other)).toBeLessThan(2e-5)
    })
  })
})
