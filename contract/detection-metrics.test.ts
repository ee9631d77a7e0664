import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box, DetectedBox, DetectorClass } from './detection'
import { evaluateAgainst, evaluateDetections, judgeBoxes, type JudgedPicture } from './detection-metrics'
import { labelsOf, parseCocoTruth, type TruthLabel } from './detection-truth'

// What pycocotools and a numpy version of VOC's rules give: training/goldens/detect_scores.py.
interface Golden {
  readonly name: string
  readonly images: readonly { id: number }[]
  readonly categories: readonly DetectorClass[]
  readonly annotations: readonly { difficult: number }[]
  readonly detections: readonly { image_id: number; category_id: number; bbox: Box; score: number }[]
  readonly coco: {
    readonly stats: Readonly<Record<string, number>>
    readonly perClass: readonly number[]
    readonly precisionAt50: readonly (readonly number[])[]
  }
  readonly voc: { readonly voc07Mean: number; readonly voc10Mean: number }
}
const file = path.resolve(import.meta.dirname, '../test-fixtures/detect/scores.json')
const goldens = (JSON.parse(readFileSync(file, 'utf8')) as { cases: Golden[] }).cases

function evaluate(golden: Golden) {
  const images = golden.images.map((image) => ({ ...image, file_name: `${image.id}.jpg` }))
  const annotations = golden.annotations.map((label) => ({ ...label, ignore: label.difficult as 0 | 1 }))
  const truth = parseCocoTruth({ ...golden, images, annotations })
  const found = images.map(({ id, file_name }) => ({
    name: file_name,
    detections: golden.detections
      .filter((one) => one.image_id === id)
      .map(({ bbox: [x, y, w, h], category_id, score }, candidate): DetectedBox => {
        return { box: [x, y, x + w, y + h], classId: category_id, score, candidate }
      }),
  }))
  return evaluateAgainst(truth, found, golden.categories)
}

function expectClose(ours: number | null, theirs: number): void {
  if (theirs === -1) expect(ours).toBeNull()
  else expect(Math.abs((ours ?? Number.NaN) - theirs)).toBeLessThan(1e-6)
}

describe('COCO’s table', () => {
  it.each(goldens)('is that of pycocotools: $name', (golden) => {
    const { averagePrecision, averageRecall, classes } = evaluate(golden)
    const { stats, perClass } = golden.coco
    const ours = {
      AP: averagePrecision.all,
      AP50: averagePrecision.at50,
      AP75: averagePrecision.at75,
      APsmall: averagePrecision.small,
      APmedium: averagePrecision.medium,
      APlarge: averagePrecision.large,
      AR1: averageRecall.at1,
      AR10: averageRecall.at10,
      AR100: averageRecall.at100,
      ARsmall: averageRecall.small,
      ARmedium: averageRecall.medium,
      ARlarge: averageRecall.large,
    }
    expect(Object.keys(ours)).toEqual(Object.keys(stats))
    for (const [name, value] of Object.entries(ours)) expectClose(value, stats[name]!)
    classes.forEach(({ averagePrecision: ap }, index) => expectClose(ap, perClass[index]!))
  })

  it.each(goldens)('draws the curve of pycocotools: $name', (golden) => {
    const curves = evaluate(golden).curves.filter(({ classId, iou }) => classId !== null && iou === 0.5)
    curves.forEach(({ precision }, index) => {
      const theirs = golden.coco.precisionAt50[index]!
      if (precision.length === 0) expect(theirs.every((value) => value === -1)).toBe(true)
      precision.forEach((value, recall) => expect(Math.abs(value - theirs[recall]!)).toBeLessThan(1e-6))
    })
  })
})

describe('Pascal VOC’s mean', () => {
  // Among equal scores of several pictures the devkit takes the order of its file, which there is none of here.
  it.each(goldens.filter(({ name }) => !name.startsWith('equal scores')))(
    'is that of its devkit’s rules: $name',
    (golden) => {
      const { voc } = evaluate(golden)
      expectClose(voc.voc07, golden.voc.voc07Mean)
      expectClose(voc.voc10, golden.voc.voc10Mean)
    },
  )
})

const side = fc.integer({ min: 0, max: 200 })
const box = fc.tuple(side, side, side, side).map(([x, y, w, h]): Box => [x, y, x + w + 1, y + h + 1])
const label = fc.tuple(box, fc.nat(2)).map(([one, classId]): TruthLabel => {
  const area = (one[2] - one[0]) * (one[3] - one[1])
  return { box: one, classId, className: `class ${classId}`, area, crowd: false, ignored: false }
})
const labels = fc.uniqueArray(label, { minLength: 1, maxLength: 8, selector: (one) => one.box.join() })
const classes: DetectorClass[] = [0, 1, 2].map((id) => ({ id, name: `class ${id}` }))
const asFound = (one: TruthLabel, score: number): DetectedBox => ({ ...one, score, candidate: 0 })

describe('any set of pictures', () => {
  it('scores 1 where exactly what is there was found', () => {
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 4 }), (all) => {
        const pictures = all.map((one) => ({ labels: one, detections: one.map((it) => asFound(it, 0.9)) }))
        const { averagePrecision, averageRecall, voc } = evaluateDetections(pictures, classes)
        for (const value of [averagePrecision.all, averagePrecision.at75, averageRecall.at100, voc.voc07, voc.voc10])
          expect(value).toBeCloseTo(1, 9)
      }),
      { numRuns: 40 },
    )
  })

  it('scores the same in whatever order pictures and boxes come, where no scores are equal', () => {
    const picture = fc.record({ labels, found: fc.array(fc.tuple(box, fc.nat(2)), { maxLength: 10 }) })
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 4 }), (all) => {
        let score = 1
        const pictures: JudgedPicture[] = all.map(({ labels: there, found }) => ({
          labels: there,
          detections: found.map(([one, classId], candidate) => ({
            box: one,
            classId,
            candidate,
            score: (score *= 0.9),
          })),
        }))
        const turned = pictures
          .map((one) => ({ labels: one.labels, detections: [...one.detections].reverse() }))
          .reverse()
        expect(evaluateDetections(turned, classes)).toEqual(evaluateDetections(pictures, classes))
      }),
      { numRuns: 40 },
    )
  })

  it('scores 0 where everything was found elsewhere', () => {
    const there: TruthLabel = {
      box: [0, 0, 10, 10],
      classId: 0,
      className: 'class 0',
      area: 100,
      crowd: false,
      ignored: false,
    }
    const elsewhere = asFound({ ...there, box: [40, 40, 50, 50] }, 0.9)
    const { averagePrecision, voc } = evaluateDetections([{ labels: [there], detections: [elsewhere] }], classes)
    expect([averagePrecision.all, averagePrecision.at50, voc.voc07, voc.voc10]).toEqual([0, 0, 0, 0])
  })
})

describe('labels and pictures', () => {
  const truth = parseCocoTruth({
    images: [
      { id: 1, file_name: 'val/one.jpg' },
      { id: 2, file_name: 'two.jpg' },
    ],
    annotations: [
      { image_id: 1, category_id: 7, bbox: [0, 0, 10, 20] },
      { image_id: 1, category_id: 9, bbox: [5, 5, 10, 10], iscrowd: 1 },
    ],
    categories: [
      { id: 7, name: 'Cat' },
      { id: 9, name: 'unicorn' },
    ],
  })
  const knows: DetectorClass[] = [{ id: 3, name: 'cat' }]

  it('meet by file name and class name, whatever their numbers', () => {
    expect(labelsOf(truth, 'one.jpg', knows)).toEqual([
      { box: [0, 0, 10, 20], classId: 3, className: 'Cat', area: 200, crowd: false, ignored: false },
      { box: [5, 5, 15, 15], classId: -2, className: 'unicorn', area: 100, crowd: true, ignored: true },
    ])
    expect(labelsOf(truth, 'C:\\pictures\\two.jpg', knows)).toEqual([])
    expect(labelsOf(truth, 'three.jpg', knows)).toBeNull()
  })

  it('are counted where both have them; the rest is named', () => {
    const cat: DetectedBox = { box: [0, 0, 10, 20], classId: 3, score: 0.9, candidate: 0 }
    const found = [
      { name: 'one.jpg', detections: [cat] },
      { name: 'extra.jpg', detections: [] },
    ]
    const {
      pictures,
      averagePrecision,
      unmatched,
      unknownClasses,
      classes: rows,
    } = evaluateAgainst(truth, found, knows)
    expect({ pictures, unmatched, unknownClasses }).toEqual({
      pictures: 1,
      unmatched: { truth: ['two.jpg'], run: ['extra.jpg'] },
      unknownClasses: ['unicorn'],
    })
    expect(averagePrecision.all).toBeCloseTo(1, 9)
    expect(rows.map(({ name, labels: count }) => [name, count])).toEqual([
      ['cat', 1],
      ['unicorn', 1],
    ])
    expect(() => evaluateAgainst(truth, [{ name: 'other.jpg', detections: [] }], knows)).toThrow(
      'none of these pictures',
    )
  })

  it('are refused with what is wrong with them', () => {
    const refused = (json: unknown): string => {
      try {
        parseCocoTruth(json)
      } catch (error) {
        return error instanceof Error ? error.message : ''
      }
      return 'taken'
    }
    expect(refused([])).toContain('not labels in COCO’s form')
    expect(refused({ images: [], annotations: [], categories: [{ id: 1, name: 'a' }] })).toContain('name no picture')
    const images = [{ id: 1, file_name: 'a' }]
    const categories = [{ id: 1, name: 'a' }]
    expect(
      refused({ images, categories, annotations: [{ image_id: 1, category_id: 2, bbox: [0, 0, 1, 1] }] }),
    ).toContain('class 2')
    expect(
      refused({ images, categories, annotations: [{ image_id: 5, category_id: 1, bbox: [0, 0, 1, 1] }] }),
    ).toContain('picture 5')
  })

  it('are judged box by box: right, wrong, a group’s, and missed', () => {
    const there = labelsOf(truth, 'one.jpg', [...knows, { id: 4, name: 'unicorn' }])!
    const detections: DetectedBox[] = [
      { box: [0, 0, 10, 19], classId: 3, score: 0.9, candidate: 0 },
      { box: [0, 0, 10, 20], classId: 3, score: 0.8, candidate: 1 },
      { box: [6, 6, 12, 12], classId: 4, score: 0.7, candidate: 2 },
    ]
    expect(judgeBoxes(detections, there, 0.5)).toEqual({
      detections: [
        { verdict: 'right', label: 0 },
        { verdict: 'wrong', label: null },
        { verdict: 'ignored', label: 1 },
      ],
      missed: [],
    })
    expect(judgeBoxes([], there, 0.5).missed).toEqual([0])
  })
})
