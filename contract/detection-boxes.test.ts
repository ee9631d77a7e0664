import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box, Candidates, DetectedBox, DetectionFilter } from './detection'
import { filterCandidates, intersectionOverUnion, matchBoxes } from './detection-boxes'

// What numpy gives: training/goldens/detect_boxes.py.
const fixtures = path.resolve(import.meta.dirname, '../test-fixtures/detect')
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(fixtures, name), 'utf8'))
const goldens = read('boxes.json') as { iou: { name: string; a: Box; b: Box; iou: number }[] }
interface Case {
  readonly name: string
  readonly boxes: readonly Box[]
  readonly scores: readonly number[]
}
const suppression = read('suppression.json') as {
  nms: (Case & { threshold: number; keep: readonly number[] })[]
  softNms: (Case & {
    method: 'linear' | 'gaussian'
    overlap: number
    sigma: number
    result: readonly { index: number; score: number }[]
  })[]
}

const all: DetectionFilter = { score: 0, overlap: 0.5, suppression: 'hard', acrossClasses: false, limit: 2000 }

/** The best first, as candidates come; `places` says where each stood before. */
function candidatesOf({ boxes, scores }: Omit<Case, 'name'>, classIds = scores.map(() => 0)) {
  const places = scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]!)
  const candidates: Candidates = {
    boxes: places.flatMap((place) => [...boxes[place]!]),
    scores: places.map((place) => scores[place]!),
    classIds: places.map((place) => classIds[place]!),
  }
  return { candidates, places }
}

const side = fc.integer({ min: 0, max: 60 })
const box = fc.tuple(side, side, side, side).map(([x, y, w, h]): Box => [x, y, x + w + 1, y + h + 1])
const scored = fc.array(fc.record({ box, score: fc.integer({ min: 1, max: 999 }), classId: fc.nat(2) }), {
  maxLength: 40,
})
const asCase = (found: readonly { box: Box; score: number; classId: number }[]) =>
  candidatesOf(
    { boxes: found.map((one) => one.box), scores: found.map(({ score }) => score / 1000) },
    found.map(({ classId }) => classId),
  ).candidates

describe('the overlap of two boxes', () => {
  it.each(goldens.iou)('is $iou: $name', ({ a, b, iou }) => {
    expect(intersectionOverUnion(a, b)).toBeCloseTo(iou, 12)
    expect(intersectionOverUnion(b, a)).toBeCloseTo(iou, 12)
  })

  it('does not change with the scale, and lies between 0 and 1', () => {
    fc.assert(
      fc.property(box, box, fc.integer({ min: 1, max: 64 }), (a, b, scale) => {
        const scaled = (one: Box): Box => [one[0] * scale, one[1] * scale, one[2] * scale, one[3] * scale]
        const iou = intersectionOverUnion(a, b)
        expect(intersectionOverUnion(scaled(a), scaled(b))).toBeCloseTo(iou, 12)
        expect(iou).toBeGreaterThanOrEqual(0)
        expect(iou).toBeLessThanOrEqual(1)
        expect(intersectionOverUnion(a, a)).toBe(1)
      }),
    )
  })
})

describe('hard suppression', () => {
  it.each(suppression.nms)('$name', ({ boxes, scores, threshold, keep }) => {
    const { candidates, places } = candidatesOf({ boxes, scores })
    const kept = filterCandidates(candidates, { ...all, overlap: threshold })
    expect(kept.map(({ candidate }) => places[candidate])).toEqual(keep)
  })

  it('leaves nothing that overlaps, takes nothing that does not, and changes nothing a second time', () => {
    fc.assert(
      fc.property(
        scored,
        fc.boolean(),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (found, acrossClasses, overlap) => {
          const candidates = asCase(found)
          const filter = { ...all, acrossClasses, overlap }
          const kept = filterCandidates(candidates, filter)
          const rival = (a: DetectedBox, b: DetectedBox): boolean =>
            (acrossClasses || a.classId === b.classId) && intersectionOverUnion(a.box, b.box) > overlap
          kept.forEach((one, index) => kept.slice(0, index).forEach((other) => expect(rival(one, other)).toBe(false)))
          const gone = filterCandidates(candidates, { ...filter, suppression: 'none' }).filter(
            ({ candidate }) => !kept.some((one) => one.candidate === candidate),
          )
          for (const one of gone) expect(kept.some((other) => other.score >= one.score && rival(one, other))).toBe(true)
          const again = filterCandidates(
            {
              boxes: kept.flatMap((one) => one.box),
              scores: kept.map(({ score }) => score),
              classIds: kept.map(({ classId }) => classId),
            },
            filter,
          )
          expect(again.map((one) => one.box)).toEqual(kept.map((one) => one.box))
        },
      ),
    )
  })

  it('gives the same boxes in whatever order candidates come, where no scores are equal', () => {
    fc.assert(
      fc.property(scored, fc.infiniteStream(fc.nat(1000)), (found, random) => {
        const distinct = found.map((one, index) => ({ ...one, score: one.score + index / 100 }))
        const shuffled = distinct
          .map((one) => ({ one, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one)
        const unsorted: Candidates = {
          boxes: shuffled.flatMap((one) => one.box),
          scores: shuffled.map(({ score }) => score / 2000),
          classIds: shuffled.map(({ classId }) => classId),
        }
        const sorted = { ...asCase(distinct), scores: asCase(distinct).scores.map((score) => score / 2) }
        const boxes = (candidates: Candidates) => filterCandidates(candidates, all).map((one) => one.box)
        expect(boxes(unsorted)).toEqual(boxes(sorted))
      }),
    )
  })

  it('keeps classes apart unless told otherwise, and leaves hidden ones out of it', () => {
    const candidates: Candidates = { boxes: [0, 0, 9, 9, 0, 0, 9, 9], scores: [0.9, 0.8], classIds: [1, 2] }
    const classes = (filter: DetectionFilter, hidden?: ReadonlySet<number>) =>
      filterCandidates(candidates, filter, hidden).map(({ classId }) => classId)
    expect(classes(all)).toEqual([1, 2])
    expect(classes({ ...all, acrossClasses: true })).toEqual([1])
    expect(classes({ ...all, acrossClasses: true }, new Set([1]))).toEqual([2])
    expect(classes({ ...all, acrossClasses: true, overlap: 1 })).toEqual([1, 2])
    expect(classes({ ...all, limit: 1 })).toEqual([1])
    expect(classes({ ...all, score: 0.8 })).toEqual([1, 2])
    expect(classes({ ...all, score: 0.81 })).toEqual([1])
  })
})

describe('soft suppression', () => {
  // The filter's Gaussian is always the paper's.
  it.each(suppression.softNms.filter(({ sigma }) => sigma === 0.5))(
    '$name',
    ({ boxes, scores, method, overlap, result }) => {
      const { candidates, places } = candidatesOf({ boxes, scores })
      const kept = filterCandidates(candidates, { ...all, overlap, suppression: `soft-${method}` })
      expect(kept.map(({ candidate }) => places[candidate])).toEqual(result.map(({ index }) => index))
      kept.forEach(({ score }, index) => expect(score).toBeCloseTo(result[index]!.score, 9))
    },
  )

  it('gives with a score what it gives without one, less those under it', () => {
    const method = fc.constantFrom('soft-linear' as const, 'soft-gaussian' as const)
    fc.assert(
      fc.property(scored, method, fc.double({ min: 0, max: 1, noNaN: true }), (found, suppressed, score) => {
        const candidates = asCase(found)
        const filter: DetectionFilter = { ...all, suppression: suppressed }
        const below = filterCandidates(candidates, filter).filter((one) => one.score >= score)
        expect(filterCandidates(candidates, { ...filter, score })).toEqual(below)
      }),
    )
  })
})

describe('a slider', () => {
  it('has two thousand candidates filtered well within a frame', () => {
    // A fixed sequence: as crowded as a picture gets, many classes, every box wide enough to touch others.
    let state = 7
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647
    const boxes = Array.from({ length: 2000 }, (): Box => {
      const [x, y] = [600 * random(), 600 * random()]
      return [x, y, x + 20 + 80 * random(), y + 20 + 80 * random()]
    })
    const scores = boxes.map(random)
    const { candidates } = candidatesOf(
      { boxes, scores },
      boxes.map(() => Math.floor(60 * random())),
    )
    const best = (filter: DetectionFilter): number => {
      let least = Number.POSITIVE_INFINITY
      for (let round = 0; round < 30; round++) {
        const started = performance.now()
        filterCandidates(candidates, filter)
        least = Math.min(least, performance.now() - started)
      }
      return least
    }
    expect(best({ ...all, score: 0.01, limit: 100 })).toBeLessThan(4)
    expect(best({ ...all, score: 0.01, limit: 2000 })).toBeLessThan(4)
  })
})

describe('pairing two lists', () => {
  const detected = (one: Box, classId = 0): DetectedBox => ({ box: one, classId, score: 0.5, candidate: 0 })

  it('pairs the boxes that overlap most, each once, and lists the others', () => {
    const a = [detected([0, 0, 10, 10]), detected([20, 0, 30, 10]), detected([50, 0, 60, 10])]
    const b = [detected([0, 0, 10, 9]), detected([0, 0, 10, 10]), detected([21, 0, 31, 10], 1)]
    expect(matchBoxes(a, b, 0.5)).toEqual([
      { a: 0, b: 1, iou: 1 },
      { a: 1, b: null, iou: 0 },
      { a: 2, b: null, iou: 0 },
      { a: null, b: 0, iou: 0 },
      { a: null, b: 2, iou: 0 },
    ])
    const pairs = matchBoxes(a, b, 0.5, false)
    expect(pairs[1]).toEqual({ a: 1, b: 2, iou: 9 / 11 })
  })
})
