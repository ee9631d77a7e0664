import { mkdtemp, rm, writeFile, cp, mkdir, readFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultFilter, filterCandidates } from '../../contract/detection-boxes'
import type { Box } from '../../contract/detection'
import { openGraph } from '../runtime/open-graph'
import { tensor } from '../tensor/tensor'
import { detectorFacts } from './facts'
import { isDetectorFolder, readDetectorFolder } from './folder'
import { preparePicture } from './picture-input'
import { readCandidates, runNetwork } from './run-network'

// Detectors of other makers with random weights, and what their own code (in numpy) makes of one picture:
// training/goldens/detect_foreign.py.

const fixtures = path.resolve(import.meta.dirname, '../../test-fixtures/detect')
const names = [
  'tiny-detr',
  'tiny-yolos',
  'tiny-rt-detr',
  'tiny-d-fine',
  'tiny-conditional-detr',
  'tiny-deformable-detr',
  'tiny-yolox',
  'tiny-yolov8',
] as const

interface Expected {
  readonly tensor: { shape: number[]; indices: number[]; values: number[]; mean: number }
  readonly outputs: Readonly<Record<string, { shape: number[]; values: number[] }>>
  readonly threshold: number
  readonly overlap?: number
  readonly detections: readonly { label: number; score: number; box: Box }[]
}

function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(path.join(fixtures, name, 'expected.json'), 'utf8')) as Expected
}

const [width, height] = [100, 60]
const rgb = Uint8Array.from({ length: 3 * width * height }, (_, index) => {
  const [channel, x, y] = [index % 3, Math.floor(index / 3) % width, Math.floor(index / 3 / width)]
  return Math.trunc(127 + 120 * Math.sin(x / 9 + channel) * Math.cos(y / 7 - channel))
})

async function opened(name: string) {
  const folder = await readDetectorFolder(path.join(fixtures, name))
  expect(folder.problems).toEqual([])
  const spec = folder.spec!
  const facts = detectorFacts(folder, spec)
  return { folder, spec, facts, prepared: preparePicture({ width, height, rgb }, spec.input) }
}

/** Boxes are cut to the picture here; the references leave them. */
function cut([left, top, right, bottom]: Box): Box {
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value))
  return [within(left, width), within(top, height), within(right, width), within(bottom, height)]
}

describe.each(names)('%s', (name) => {
  const expected = expectedOf(name)

  it('gets the picture as its own preprocessing gives it', async () => {
    const { pixels } = (await opened(name)).prepared
    expect(pixels.shape).toEqual(expected.tensor.shape)
    // One level of 255 where a resizing rounds differently (OpenCV's fixed point); the mean shows that it is no more.
    const level = name === 'tiny-yolox' ? 1 : 1 / 255 / 0.224
    const isOpenCv = name === 'tiny-yolox' || name === 'tiny-yolov8'
    expected.tensor.indices.forEach((index, place) => {
      const difference = Math.abs(pixels.data[index]! - expected.tensor.values[place]!)
      expect(difference).toBeLessThan(isOpenCv ? 1.01 * level : 1e-5)
    })
    const mean = pixels.data.reduce((sum, value) => sum + value, 0) / pixels.data.length
    expect(Math.abs(mean - expected.tensor.mean)).toBeLessThan(isOpenCv ? level / 4 : 1e-5)
  })

  it('has its raw output decoded as its own code does', async () => {
    const { spec, facts, prepared } = await opened(name)
    const outputs = Object.fromEntries(
      Object.entries(expected.outputs).map(([output, { shape, values }]) => [
        output,
        tensor('float32', shape, Float32Array.from(values)),
      ]),
    )
    const candidates = readCandidates(outputs, spec, prepared)
    const filter = { ...defaultFilter(facts), score: expected.threshold, overlap: expected.overlap ?? 1 }
    const found = filterCandidates(candidates, filter)
    expect(found.map(({ classId }) => classId)).toEqual(expected.detections.map(({ label }) => label))
    found.forEach(({ score, box }, index) => {
      const theirs = expected.detections[index]!
      expect(Math.abs(score - theirs.score)).toBeLessThan(1e-5)
      cut(theirs.box).forEach((side, corner) => expect(Math.abs(side - box[corner]!)).toBeLessThan(1e-3))
    })
  })

  it('finds in the picture what it finds elsewhere', async () => {
    const { folder, spec, facts, prepared } = await opened(name)
    const graph = folder.precisions[folder.defaultPrecision]!.detect
    const session = await openGraph({ path: graph, role: 'detect', provider: 'cpu', threads: 1 })
    const { candidates } = await runNetwork(session, spec, prepared)
    await session.release()
    const filter = { ...defaultFilter(facts), score: expected.threshold, overlap: expected.overlap ?? 1 }
    const found = filterCandidates(candidates, filter)
    // A level of 255 more or less moves scores at the threshold; those well above it must all be there.
    const sure = expected.detections.filter(({ score }) => score > expected.threshold + 0.02)
    for (const { label, box } of sure) {
      const near = found.some(
        (one) => one.classId === label && cut(box).every((side, corner) => Math.abs(side - one.box[corner]!) < 0.5),
      )
      expect(near).toBe(true)
    }
    expect(sure.length).toBeGreaterThan(0)
  })
})

describe('a folder', () => {
  let scratch = ''
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'detectors-'))
  })
  afterAll(async () => rm(scratch, { recursive: true, force: true }))

  async function copied(name: string, as: string): Promise<string> {
    const to = path.join(scratch, as)
    await cp(path.join(fixtures, name), to, { recursive: true })
    return to
  }

  it('says how its classes are called, by its config or by what the exporter wrote into the graph', async () => {
    const namesOf = async (name: string) => (await readDetectorFolder(path.join(fixtures, name))).spec?.classes
    expect((await namesOf('tiny-detr'))?.map(({ name }) => name)).toEqual(['cat', 'dog', 'bird', 'fish'])
    expect((await namesOf('tiny-yolov8'))?.map(({ name }) => name)).toEqual(['cat', 'dog', 'bird'])
    expect((await namesOf('tiny-yolox'))?.map(({ name }) => name)).toEqual(['class 0', 'class 1', 'class 2'])
    const folder = await copied('tiny-yolox', 'named')
    await writeFile(path.join(folder, 'classes.txt'), 'ant\nbee\n\nwasp\n')
    const named = await readDetectorFolder(folder)
    expect(named.spec?.classes.map(({ name }) => name)).toEqual(['ant', 'bee', 'wasp'])
    await writeFile(path.join(folder, 'classes.txt'), 'ant\nbee\n')
    expect((await readDetectorFolder(folder)).problems[0]?.message).toContain('2 class names')
  })

  it('with a network that no decoder reads says what was seen and what can be read', async () => {
    const folder = path.join(scratch, 'unknown')
    await mkdir(folder)
    await cp(path.join(fixtures, 'tiny-detr/onnx/model.onnx'), path.join(folder, 'model.onnx'))
    await writeFile(path.join(folder, 'classes.txt'), 'cat\n')
    expect(await isDetectorFolder(folder)).toBe(true)
    const { problems, spec } = await readDetectorFolder(folder)
    expect(spec).toBeNull()
    expect(problems[0]).toMatchObject({ unsupported: true })
    expect(problems[0]?.message).toContain('logits [batch, 12, 5], pred_boxes [batch, 12, 4]')
    expect(problems[0]?.remedy).toContain('YOLOX')
  })

  it('of a type without a decoder is refused with its type', async () => {
    const folder = await copied('tiny-detr', 'owlvit')
    const config = JSON.parse(await readFile(path.join(folder, 'config.json'), 'utf8')) as object
    const other = { ...config, model_type: 'owlvit', architectures: ['OwlViTForObjectDetection'] }
    await writeFile(path.join(folder, 'config.json'), JSON.stringify(other))
    expect(await isDetectorFolder(folder)).toBe(true)
    const { problems } = await readDetectorFolder(folder)
    expect(problems[0]?.message).toContain('"owlvit"')
  })

  it('with files missing says which', async () => {
    const folder = await copied('tiny-rt-detr', 'missing')
    await rm(path.join(folder, 'preprocessor_config.json'))
    await rm(path.join(folder, 'onnx'), { recursive: true })
    const messages = (await readDetectorFolder(folder)).problems.map(({ message }) => message)
    expect(messages).toEqual(['missing has no onnx/model.onnx', 'missing has no preprocessor_config.json'])
  })

  it('of another kind is left to others', async () => {
    const folder = await copied('tiny-detr', 'text')
    await writeFile(path.join(folder, 'config.json'), '{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')
    expect(await isDetectorFolder(folder)).toBe(false)
    expect(await isDetectorFolder(path.join(scratch))).toBe(false)
  })
})
