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

const pictures = new DetectionPictures(helper, new PixelBudget(1e9))

async function compared(bytes: Buffer) {
  const read = await pictures.read(bytes, input, { field: 'file' })
  const { data, info } = await sharp(bytes, { ignoreIcc: true })
    .autoOrient()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const exact = preparePicture({ width: info.width, height: info.height, rgb: data }, input)
  return { read, exact, ...difference(read.picture.pixels.data, exact.pixels.data) }
}

function difference(ours: ArrayLike<number>, theirs: ArrayLike<number>) {
  const apart = Array.from(ours, (value, at) => Math.abs(value - theirs[at]!))
  return { most: apart.reduce((a, b) => Math.max(a, b)), mean: apart.reduce((a, b) => a + b) / apart.length }
}

const shelf = sharp('resources/samples/detect/toy-shelf.jpg')

describe('a picture that is shrunk for a detector', () => {
  it.each([
    ['a JPEG', () => readFile('resources/samples/detect/toy-shelf.jpg')],
    ['a grey JPEG', () => shelf.clone().greyscale().toColourspace('b-w').jpeg().toBuffer()],
    ['a JPEG that lies on its side', () => shelf.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['a WebP', () => shelf.clone().webp().toBuffer()],
    ['a TIFF of 16 bits', () => shelf.clone().toColourspace('rgb16').tiff().toBuffer()],
  ])('is what Pillow’s bilinear makes of %s, to within one level of 255', async (_, make) => {
    const { read, exact, most, mean } = await compared(await make())
    expect(most).toBeLessThanOrEqual(1)
    expect(mean).toBeLessThan(0.15)
    expect(read.picture.toPicture).toEqual(exact.toPicture)
  })

  it('that is a large JPEG loses no more than by Pillow’s reducing_gap of 2', async () => {
    // Shrunk by the JPEG decoder in its own coarse steps, it would be up to 22 levels off.
    const { most, mean } = await compared(await shelf.clone().resize(2880, 1920).jpeg().toBuffer())
    expect(most).toBeLessThanOrEqual(8)
    expect(mean).toBeLessThan(0.4)
  })

  it.each([
    [480, 320, 256, 171],
    [2000, 500, 256, 64],
    [640, 480, 256, 192],
    [340, 330, 256, 248],
    [100, 60, 100, 60],
  ])('of %i × %i has a thumbnail of its own shape: %i × %i', async (width, height, ...sides) => {
    const bytes = await shelf.clone().resize(width, height, { fit: 'fill' }).png().toBuffer()
    const { thumbnail } = await pictures.read(bytes, input, { field: 'file', thumbnail: true })
    const small = await sharp(thumbnail).metadata()
    expect([small.width, small.height]).toEqual(sides)
    // The same picture, not only the same size.
    const plain = (file: Uint8Array) => sharp(file).resize(16, 16, { fit: 'fill' }).removeAlpha().raw().toBuffer()
    expect(difference(await plain(thumbnail!), await plain(bytes)).mean).toBeLessThan(6)
  })
})
