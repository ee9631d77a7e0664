import { describe, expect, it } from 'vitest'
import type { Candidates } from '../../contract/detection'
import type { TruthLabel } from '../../contract/detection-truth'
import type { DetectorSpec } from '../detect/detector-spec'
import { float32 } from '../tensor/tensor'
import { DetectionRunner, type PictureToCompare } from './detection-subject'
import { VariantStore } from './variant-store'

const spec: DetectorSpec = {
  architecture: 'yolov8',
  architectureName: 'YOLO',
  classes: [
    { id: 0, name: 'cat' },
    { id: 1, name: 'dog' },
  ],
  input: {
    placing: { mode: 'stretch', width: 1, height: 1 },
    filter: 'bilinear',
    antialias: false,
    channelOrder: 'RGB',
    scale: 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  defaults: { score: 0.3, overlap: 0.5 },
  scoreMeaning: '',
}
const filter = { ...spec.defaults, suppression: 'hard' as const, acrossClasses: false, limit: 100 }

type Found = readonly [left: number, classId: number, score: number]
/** Boxes of 10 x 10, the best first. */
function candidates(...found: readonly Found[]): Candidates {
  return {
    boxes: found.flatMap(([left]) => [left, 0, left + 10, 10]),
    classIds: found.map(([, classId]) => classId),
    scores: found.map(([, , score]) => score),
  }
}

function label(left: number, classId: number, className: string): TruthLabel {
  return { box: [left, 0, left + 10, 10], classId, className, area: 100, crowd: false, ignored: false }
}

function picture(labels: readonly TruthLabel[] | null): PictureToCompare {
  const toPicture = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, width: 100, height: 50 }
  return { name: 'a.png', width: 100, height: 50, prepared: { pixels: float32([1, 3, 1, 1]), toPicture }, labels }
}

function runner(...labels: readonly (readonly TruthLabel[] | null)[]): DetectionRunner {
  const place = { store: new VariantStore('unused'), provider: 'cpu' as const, threads: 1 }
  const pictures = labels.map((one) => picture(one))
  return new DetectionRunner({ spec, filter, pictures, calibration: [], calibrationKey: '' }, 1, place)
}
const made = (...of: readonly Candidates[]) => ({ candidates: of, raw: [Float32Array.of(1, 2)] })

const reference = made(candidates([0, 0, 0.9], [20, 1, 0.8], [40, 0, 0.2]))
const column = made(candidates([1, 0, 0.85], [60, 1, 0.5], [20, 0, 0.4]))

describe('boxes of a column beside those of the reference', () => {
  it('are matched where they cover each other and are of one class; others are lost or new', () => {
    const { output, errors } = runner(null).compare(reference, column)
    if (output.kind !== 'detection') throw new Error('not boxes')
    const [only] = output.pictures
    expect(only).toMatchObject({ width: 100, height: 50 })
    expect(only!.boxes.map(({ label: name, score }) => `${name} ${score}`)).toEqual(['cat 0.85', 'dog 0.5', 'cat 0.4'])
    expect(only!.matches).toEqual([
      { reference: 0, own: 0, iou: 90 / 110 },
      { reference: 1, own: null, iou: 0 },
      { reference: null, own: 1, iou: 0 },
      { reference: null, own: 2, iou: 0 },
    ])
    // One pair in four things that either has; below the threshold nothing counts.
    expect(errors.agreement).toBe(0.25)
  })

  it('agree with themselves wholly, and are the labels that they are held against without others', () => {
    const { errors } = runner(null).compare(reference, reference)
    expect(errors).toMatchObject({ agreement: 1, meanAveragePrecision: null, sqnr: 'infinity' })
    expect(errors.referencePrecision).toBeCloseTo(1, 9)
  })

  it('are not counted where they have no area: such a box does not even match itself', () => {
    const flat = made({ boxes: [5, 5, 5, 20, 0, 0, 10, 10], classIds: [0, 0], scores: [0.9, 0.8] })
    const { output, errors } = runner(null).compare(flat, flat)
    expect(output.kind === 'detection' && output.pictures[0]!.matches).toEqual([{ reference: 0, own: 0, iou: 1 }])
    expect(errors.agreement).toBe(1)
  })

  it('have no agreement and no precision where nobody finds anything', () => {
    const nothing = made(candidates())
    const { errors } = runner([]).compare(nothing, nothing)
    expect(errors).toMatchObject({ agreement: null, referencePrecision: null, meanAveragePrecision: null })
  })
})

describe('average precision with labels', () => {
  it('is of the labelled pictures alone', () => {
    const two = made(candidates([0, 0, 0.9]), candidates([70, 1, 0.9]))
    expect(runner([label(0, 0, 'cat')], null).compare(two, two).errors.meanAveragePrecision).toBeCloseTo(1, 9)
  })

  it('counts the tail of low scores, and leaves out classes that the detector never learnt', () => {
    const labels = [label(0, 0, 'cat'), label(40, 0, 'cat'), label(70, -3, 'zebra')]
    // Both cats are found, one of them at 0.2 under the threshold of 0.3; the zebra says nothing.
    expect(runner(labels).compare(reference, reference).errors.meanAveragePrecision).toBeCloseTo(1, 9)
    const missing = runner([...labels, label(20, 1, 'dog'), label(85, 1, 'dog')])
    // Of two dogs one: precision 1 up to half of the recalls, 51 of 101.
    expect(missing.compare(reference, reference).errors.meanAveragePrecision).toBeCloseTo((1 + 51 / 101) / 2, 6)
  })
})
