import type { PictureTransform } from '../manifest'
import { transformedSize } from '../picture-size'
import { readGoldenJson } from './scenario'

type Preset = 'vae' | 'vit' | 'tinyVae' | 'tinyVit'
type Side = readonly [number, number]

interface Sizes {
  readonly presets: Readonly<Record<Preset, PictureTransform>>
  readonly sizes: readonly Readonly<Record<Preset | 'size' | 'read', Side>>[]
}

/** Pictures whose sizes after a preset are others than the official code's. */
export function unlikeSizes(): string[] {
  const { presets, sizes } = readGoldenJson<Sizes>('sizes')
  const unlike: string[] = []
  for (const golden of sizes) {
    const [width, height] = golden.size
    const check = (what: string, actual: { width: number; height: number }, expected: Side): void => {
      if (actual.width === expected[0] && actual.height === expected[1]) return
      unlike.push(`${width}x${height} ${what}: ${actual.width}x${actual.height}, not ${expected.join('x')}`)
    }
    for (const preset of Object.keys(presets) as Preset[]) {
      check(preset, transformedSize({ width, height }, presets[preset]), golden[preset])
    }
    // The vision encoder's preset comes after the VAE's.
    const prepared = transformedSize({ width, height }, presets.vae)
    check('read', transformedSize(prepared, presets.vit), golden.read)
  }
  return unlike
}
