// Compares what a turn did with what the official code did, at the tolerances of the project: each comparison has a name, how far
// the two are apart, and how far they may be.

import { describeText, picturePixels, type PixelOrder } from './rearrange'
import type { Observed, Scenario } from './scenario'
import type { SeenRun } from './watch-sessions'

export interface Comparison {
  readonly what: string
  readonly error: number
  readonly bound: number
}

/** Rows of the cache, single modules; latents along the way; bytes of a picture. */
const bounds = { rows: 2e-5, module: 2e-5, latents: 5e-5, pixels: 1, pictureShare: 1e-3 } as const

export function failuresOf(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.filter(({ error, bound }) => !(error <= bound))
}

export function compare(scenario: Scenario, observed: Observed): Comparison[] {
  const { runs } = observed
  return [
    ...comparePictures(scenario, runs),
    ...compareTexts(scenario, observed),
    ...(scenario.timesteps === undefined
      ? compareContext(scenario, 'full', runs.find(isFirstWord(scenario)))
      : compareDrawing(scenario, observed)),
  ]
}

/** The largest difference of two arrays; infinite where one is longer. */
export function farthest(actual: ArrayLike<number> | undefined, expected: ArrayLike<number>): number {
  if (actual?.length !== expected.length) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    if (!(difference <= worst)) worst = difference
  }
  return worst
}

function exactly(what: string, actual: unknown, expected: unknown): Comparison {
  const isSame = JSON.stringify(actual) === JSON.stringify(expected)
  return { what: isSame ? what : `${what}: ${JSON.stringify(actual)}`, error: isSame ? 0 : 1, bound: 0 }
}

const floats = (run: SeenRun | undefined, side: 'feeds' | 'outputs', name: string): Float32Array | undefined =>
  run?.[side][name]?.data as Float32Array | undefined
const numbers = (run: SeenRun | undefined, name: string): number[] | undefined =>
  run === undefined ? undefined : Array.from(run.feeds[name]!.data as BigInt64Array, Number)
const golden = (scenario: Scenario, name: string): Float32Array | undefined =>
  scenario.tensors.get(name)?.data as Float32Array | undefined

/** Pictures on their way in: pixels, patches, latents and position ids of both encoders. */
function comparePictures(scenario: Scenario, runs: readonly SeenRun[]): Comparison[] {
  const seen = runs.filter(({ role }) => role === 'vision_encoder')
  const encoded = runs.filter(({ role }) => role === 'vae_encoder')
  const clean = runs.filter(({ role, feeds }) => role === 'latent_embedding' && feeds['timestep']!.data[0] === 0)
  const { pictures } = scenario
  const all: Comparison[] = [
    exactly('pictures seen', seen.length, pictures.length),
    exactly('pictures encoded', encoded.length, scenario.timesteps === undefined ? 0 : pictures.length),
  ]
  const pixels = (what: string, run: SeenRun | undefined, order: PixelOrder, name: string): Comparison => {
    const expected = scenario.tensors.get(name)
    const feed = floats(run, 'feeds', order.kind === 'planes' ? 'pixels' : 'patches')
    const actual = feed === undefined || expected === undefined ? undefined : picturePixels(feed, order)
    return {
      what,
      error: expected === undefined ? 0 : farthest(actual, expected.data as Uint8Array),
      bound: bounds.pixels,
    }
  }
  pictures.forEach((picture, i) => {
    const [width, height] = picture.vitSize
    all.push(exactly(`ids of patches ${i}`, numbers(seen[i], 'position_ids'), picture.vitPositionIds))
    all.push(
      pixels(`seen pixels ${i}`, seen[i], { kind: 'patches', patch: 14, width, height }, `picture.${i}.vit_resized`),
    )
    const patches = golden(scenario, `picture.${i}.patches`)
    if (patches !== undefined) {
      all.push({ what: `patches ${i}`, error: farthest(floats(seen[i], 'feeds', 'patches'), patches), bound: 2 / 255 })
    }
    if (scenario.timesteps === undefined) return
    const [vaeWidth, vaeHeight] = picture.vaeSize
    const planes = { kind: 'planes', width: vaeWidth, height: vaeHeight } as const
    all.push(pixels(`encoded pixels ${i}`, encoded[i], planes, `picture.${i}.vae_resized`))
    all.push(exactly(`ids of latents ${i}`, numbers(clean[i], 'position_ids'), picture.latentPositionIds))
    const latent = picturePixelsOfLatent(golden(scenario, `picture.${i}.latent`)!, vaeWidth / 8, vaeHeight / 8)
    all.push({
      what: `latent ${i}`,
      error: farthest(floats(clean[i], 'feeds', 'latents'), latent),
      bound: bounds.module,
    })
  })
  return all
}

/** A latent [16, h, w] as tokens, written out place by place: token (r, s), entry (p, q, c). */
function picturePixelsOfLatent(latent: Float32Array, width: number, height: number): Float32Array {
  return Float32Array.from({ length: latent.length }, (_, i) => {
    const [token, entry] = [Math.floor(i / 64), i % 64]
    const [r, s] = [Math.floor(token / (width / 2)), token % (width / 2)]
    const [p, q, c] = [Math.floor(entry / 32), Math.floor(entry / 16) % 2, entry % 16]
    return latent[(c * height + 2 * r + p) * width + 2 * s + q]!
  })
}

/** The run that reads the token with which an answer or a thought begins. */
function isFirstWord(scenario: Scenario): (run: SeenRun) => boolean {
  const rows = scenario.contexts.full.length
  return ({ role, feeds, outputs }) =>
    role === 'decoder' && outputs['und_hidden'] !== undefined && feeds['past_k.0']!.shape[0] === rows
}

function compareTexts(scenario: Scenario, { runs, events }: Observed): Comparison[] {
  const [text] = scenario.texts
  if (text === undefined) return []
  const first = runs.find(({ role }) => role === 'lm_head')
  const all: Comparison[] = [
    {
      what: 'first logits',
      error: farthest(floats(first, 'outputs', 'logits'), golden(scenario, 'logits.0')!),
      bound: bounds.latents,
    },
  ]
  // What was fed after the first token, and with it what was picked.
  const start = first === undefined ? 0 : runs.indexOf(first)
  const fed = runs
    .slice(start)
    .filter(({ role, feeds }) => role === 'token_embedding' && feeds['input_ids']!.data.length === 1)
  const picked = fed.map((run) => numbers(run, 'input_ids')![0]!).filter((id) => id !== 381)
  // The last token of a text that was cut is fed only where the text is kept.
  all.push(exactly('tokens', picked.slice(0, text.tokens.length - 1), text.tokens.slice(0, -1)))
  // The official code spells special tokens out; the studio shows none.
  all.push(exactly('text', describeText(events), text.text.replaceAll(/<\|\w+\|>/gu, '')))
  return all
}

function compareContext(
  scenario: Scenario,
  name: 'full' | 'noText' | 'noImage',
  run: SeenRun | undefined,
): Comparison[] {
  const expected = scenario.contexts[name]!
  const all: Comparison[] = [
    exactly(`rows of ${name}`, run?.feeds['past_k.0']?.shape[0], expected.length),
    exactly(
      `rope of ${name}`,
      [...new Set([...(numbers(run, 'und_pos') ?? []), ...(numbers(run, 'gen_pos') ?? [])])],
      [expected.rope],
    ),
  ]
  for (let layer = 0; layer < 3; layer++) {
    for (const kind of ['k', 'v']) {
      const rows = golden(scenario, `rows.${name}.${kind}.${layer}`)
      if (rows === undefined || expected.length === 0) continue
      const error = farthest(floats(run, 'feeds', `past_${kind}.${layer}`), rows)
      all.push({ what: `${kind} of ${name}, layer ${layer}`, error, bound: bounds.rows })
    }
  }
  return all
}

function compareDrawing(scenario: Scenario, { runs, events }: Observed): Comparison[] {
  const times = scenario.timesteps!
  const embedded = runs.filter(({ role, feeds }) => role === 'latent_embedding' && feeds['timestep']!.data[0] !== 0)
  const passes = runs.filter(({ role, outputs }) => role === 'decoder' && outputs['gen_hidden'] !== undefined)
  const all: Comparison[] = [
    ...compareContext(scenario, 'full', passes[0]),
    exactly('ids of the noise', numbers(embedded[0], 'position_ids'), scenario.latentPositionIds),
  ]
  const { contexts } = scenario
  const first = passes.filter((_, index) => runs.indexOf(passes[index]!) < runs.indexOf(embedded[1] ?? runs.at(-1)!))
  // A branch that shows the same as another is not run a second time.
  const others = first.slice(1)
  if (golden(scenario, 'velocity.0.noText') !== undefined && contexts.noText!.length !== contexts.full.length) {
    all.push(...compareContext(scenario, 'noText', others.shift()))
  }
  const isApart = contexts.noImage!.length !== contexts.full.length
  if (golden(scenario, 'velocity.0.noImage') !== undefined && isApart)
    all.push(...compareContext(scenario, 'noImage', others.shift()))
  all.push(exactly('other passes of the first step', others.length, 0))
  for (const run of embedded) {
    const time = run.feeds['timestep']!.data[0] as number
    const step = times.findIndex((expected) => Math.abs(time - expected) <= 1e-7)
    all.push(exactly('timestep', step >= 0 ? 'known' : time, 'known'))
    if (step < 0) continue
    const latents = golden(scenario, `latents.${step}`)!
    all.push({
      what: `latents before step ${step}`,
      error: farthest(floats(run, 'feeds', 'latents'), latents),
      bound: bounds.latents,
    })
  }
  const [width, height] = scenario.pictureSize!
  const decoded = floats(
    runs.find(({ role }) => role === 'vae_decoder'),
    'feeds',
    'latent',
  )
  const scaled = decoded?.map((value) => (value - 0.1159) * 0.3611)
  const tokens = scaled === undefined ? undefined : picturePixelsOfLatent(scaled, width / 8, height / 8)
  all.push({
    what: 'last latents',
    error: farthest(tokens, golden(scenario, `latents.${times.length}`)!),
    bound: bounds.latents,
  })
  const velocities = runs
    .filter(({ role }) => role === 'velocity_head')
    .map((run) => floats(run, 'outputs', 'velocity'))
  const velocity = farthest(velocities[0], golden(scenario, 'velocity.0.full')!)
  all.push({ what: 'first velocity', error: velocity, bound: bounds.latents })
  return [...all, ...compareImage(scenario, events)]
}

function compareImage(scenario: Scenario, events: Observed['events']): Comparison[] {
  const picture = events.find((event) => event.type === 'picture')
  const expected = scenario.tensors.get('image')!.data as Uint8Array
  const unlike = picture?.rgb.reduce((count, value, i) => count + (value === expected[i] ? 0 : 1), 0) ?? expected.length
  return [
    exactly('size of the picture', [picture?.width, picture?.height], scenario.pictureSize),
    { what: 'levels of the picture', error: farthest(picture?.rgb, expected), bound: bounds.pixels },
    { what: 'share of unlike bytes', error: unlike / expected.length, bound: bounds.pictureShare },
  ]
}
