import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { helpPrepare, type PrepareInput } from '../detect/help'
import { preparePicture, type PictureInput } from '../detect/picture-input'
import type { HelperThread } from '../runtime/helper-thread'
import { DetectionPictures } from './detection-pictures'
import { PixelBudget } from './pixel-budget'

const input: PictureInput = {
  placing: { mode: 'stretch', width: 320, height: 320 },
  filter: 'bilinear',
  antialias: true,
  channelOrder: 'RGB',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
}
// The helper's own arithmetic, in this thread.
const helper = {
  run: async (_: string, ask: PrepareInput) => helpPrepare(ask).output,
} as unknown as Pick<HelperThread, 'run'>

describe('a picture that is shrunk for a detector', () => {
  it('is what Pillow’s bilinear makes of it, to within one level of 255', async () => {
    const bytes = await readFile('resources/samples/detect/toy-shelf.jpg')
    const read = await new DetectionPictures(helper, new PixelBudget(1e9)).read(bytes, input, { field: 'file' })
    const { data, info } = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true })
    const exact = preparePicture({ width: info.width, height: info.height, rgb: data }, input)
    const differences = read.picture.pixels.data.map((value, at) => Math.abs(value - exact.pixels.data[at]!))
    expect(differences.every((one) => one <= 1)).toBe(true)
    expect(differences.reduce((sum, one) => sum + one, 0) / differences.length).toBeLessThan(0.15)
    expect(read.picture.toPicture).toEqual(exact.toPicture)
  })
})
