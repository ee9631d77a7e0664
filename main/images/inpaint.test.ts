import { describe, expect, it } from 'vitest'
import { Repaint, type MaskRule } from './inpaint'
import { latentToImage } from './preview'

const mask = Float32Array.of(0, 0.3, 0.6, 1)
const picture = new Float32Array(8).fill(2)
const noise = new Float32Array(8).fill(-2)

function applied(rule: MaskRule, sigma: number): number[] {
  const latent = new Float32Array(8).fill(10)
  new Repaint(mask, picture, noise, rule).apply(latent, sigma)
  expect([...latent.subarray(4)]).toEqual([...latent.subarray(0, 4)])
  return [...latent.subarray(0, 4)].map((value) => Math.round(value * 100) / 100)
}

describe('Repaint', () => {
  it('keeps the picture at the noise level of the step', () => {
    expect(applied('hard', 0.5)).toEqual([0, 0, 10, 10])
    expect(applied('hard', 0)).toEqual([2, 2, 10, 10])
  })

  it('mixes by the grey level', () => {
    expect(applied('blend', 0)).toEqual([2, 4.4, 6.8, 10])
  })

  it('lets brighter places free earlier', () => {
    expect(applied('threshold', 0.5)).toEqual([0, 0, 10, 10])
    expect(applied('threshold', 0.1)).toEqual([1.6, 10, 10, 10])
    expect(applied('threshold', 0)).toEqual([2, 10, 10, 10])
  })
})

describe('latentToImage', () => {
  it('maps the channels of each place to a colour', () => {
    const latent = Float32Array.of(1, -1, 0.5, 0)
    const colours = {
      rows: [
        [1, 0, 0],
        [0, 1, 0],
      ],
      bias: [0, 0, -1],
    } as const
    const { width, height, rgb } = latentToImage(latent, 2, 1, colours)
    expect([width, height]).toEqual([2, 1])
    expect([...rgb]).toEqual([255, 191, 0, 0, 128, 0])
  })
})
