import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { Generator } from '../tensor/noise'
import { float32, type Tensor } from '../tensor/tensor'
import { stubRunner, stubSession, type Declared } from './testing/stub-session'
import { decodeLatent, toLatent, type VaeFacts } from './vae'

const facts: VaeFacts = { scalingFactor: 2, shiftFactor: 0.5, channels: 2, pixels: 8 }
const input: Declared[] = [['latent_sample', 'float32', ['b', 2, 'h', 'w']]]
const output: Declared[] = [['sample', 'float32', ['b', 3, 'h', 'w']]]

/** Decodes the first channel to grey. */
function decoder(check: (feed: Tensor) => void = () => undefined) {
  return stubSession('vae_decoder', input, output, (feeds) => {
    const feed = feeds['latent_sample']!
    check(feed)
    const [, , height = 0, width = 0] = feed.shape
    const data = new Float32Array(3 * height * width * 64)
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [i % (8 * width), Math.floor(i / (8 * width)) % (8 * height)]
      data[i] = Number(feed.data[Math.floor(y / 8) * width + Math.floor(x / 8)])
    }
    return { sample: float32([1, 3, height * 8, width * 8], data) }
  })
}

describe('toLatent', () => {
  const encoded = { mean: Float32Array.of(0.5, 1.5), logVariance: Float32Array.of(0, -100) }

  it('shifts and scales the mean', () => {
    expect([...toLatent(encoded, facts, undefined)]).toEqual([0, 2])
  })

  it('draws with the standard deviation that the logarithm of the variance says, held above e^-15', () => {
    const [first, second] = new Generator(7).randn(new Float32Array(2))
    const latent = toLatent(encoded, facts, new Generator(7))
    expect(latent[0]).toBeCloseTo(2 * first!, 5)
    expect(latent[1]).toBeCloseTo(2 + 2 * Math.exp(-15) * second!, 6)
  })

  it('takes a latent that the graph drew by itself as it is, without a draw', () => {
    const generator = new Generator(7)
    expect([...toLatent({ mean: encoded.mean, logVariance: undefined }, facts, generator)]).toEqual([0, 2])
    expect(generator.randn(new Float32Array(2))).toEqual(new Generator(7).randn(new Float32Array(2)))
  })
})

describe('decodeLatent', () => {
  const width = 12
  const latent = Float32Array.from({ length: 2 * width * 8 }, (_, i) => Math.sin(i))

  it('gives one picture whole and in tiles', async () => {
    const tools = { runner: stubRunner(), log: () => undefined }
    const whole = await decodeLatent(latent, width, decoder(), facts, { ...tools, tiling: 'off' })
    const sizes: number[] = []
    const watched = decoder((feed) => sizes.push(feed.shape[3]!))
    const tiled = await decodeLatent(latent, width, watched, facts, { ...tools, tiling: 32 })
    expect(whole).toMatchObject({ width: 96, height: 64 })
    expect(tiled).toEqual(whole)
    expect(Math.max(...sizes)).toBe(4)
  })

  it('goes over to tiles where memory runs out, and says so', async () => {
    const logs: string[] = []
    let isFirst = true
    const session = decoder(() => {
      if (isFirst) {
        isFirst = false
        throw new StudioError('OUT_OF_MEMORY', 'There was not enough memory')
      }
    })
    const tools = { runner: stubRunner(), log: (text: string) => logs.push(text) }
    const image = await decodeLatent(latent, width, session, facts, { ...tools, tiling: 'auto' })
    expect(image).toMatchObject({ width: 96, height: 64 })
    expect(logs[0]).toContain('512 px')
  })
})
