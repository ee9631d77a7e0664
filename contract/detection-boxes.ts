import {
  detectionLimits,
  type Box,
  type Candidates,
  type DetectedBox,
  type DetectionFilter,
  type DetectorFacts,
} from './detection'

// What overlaps what, and which of many boxes stay. Sliders run this at every move, so it works on columns of numbers.

/** Width of the Gaussian by which Soft-NMS lowers scores, as its paper has it. */
const gaussianSigma = 0.5
/** Soft-NMS never stops lowering; boxes under this are gone. */
const softFloor = 0.001

/**
 * Area that two boxes share over the area that they cover together, 0 to 1. Boxes without area, also those whose corners are the
 * wrong way round, share nothing.
 */
export function intersectionOverUnion(a: Box, b: Box): number {
  const [aWidth, aHeight] = [a[2] - a[0], a[3] - a[1]]
  const [bWidth, bHeight] = [b[2] - b[0], b[3] - b[1]]
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  if (!(aWidth > 0 && aHeight > 0 && bWidth > 0 && bHeight > 0 && width > 0 && height > 0)) return 0
  const shared = width * height
  return shared / (aWidth * aHeight + bWidth * bHeight - shared)
}

/** Where a detector's sliders start. */
export function defaultFilter({ defaults, suppression }: DetectorFacts): DetectionFilter {
  return {
    ...defaults,
    suppression: suppression ? 'hard' : 'none',
    acrossClasses: false,
    limit: detectionLimits.detections,
  }
}

/** The box of a candidate. */
export function boxOf(candidates: Candidates, index: number): Box {
  const at = 4 * index
  const { boxes } = candidates
  return [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!]
}

/**
 * The candidates that a filter lets pass, the best first; of equal scores the one that stands first among the candidates.
 *
 * "hard" is greedy non-maximum suppression: a box goes where a better one that stays overlaps it by more than `overlap`. "soft-linear"
 * lowers its score by 1 - IoU from an IoU of `overlap` on, "soft-gaussian" by exp(-IoU² / 0.5) whatever `overlap` says; what falls
 * under `score` (and under 0.001) goes. Source: Bodla et al., Soft-NMS, 2017.
 * @param hiddenClasses take no part: their boxes neither come back nor suppress others
 */
export function filterCandidates(
  candidates: Candidates,
  filter: DetectionFilter,
  hiddenClasses: ReadonlySet<number> = new Set(),
): readonly DetectedBox[] {
  const order = passing(candidates, filter.score, hiddenClasses)
  const { suppression } = filter
  if (suppression === 'soft-linear' || suppression === 'soft-gaussian') return softly(candidates, order, filter)
  const kept = suppression === 'hard' && filter.overlap < 1 ? hardly(candidates, order, filter) : order
  const limited = kept.length > filter.limit ? kept.slice(0, filter.limit) : kept
  return Array.from(limited, (index) => detected(candidates, index, candidates.scores[index]!))
}

function detected(candidates: Candidates, index: number, score: number): DetectedBox {
  return { box: boxOf(candidates, index), classId: candidates.classIds[index]!, score, candidate: index }
}

/** Places of the candidates that reach a score, the best first. */
function passing({ scores, classIds }: Candidates, least: number, hidden: ReadonlySet<number>): readonly number[] {
  const order: number[] = []
  let isSorted = true
  let last = Number.POSITIVE_INFINITY
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index]!
    if (!(score >= least) || (hidden.size > 0 && hidden.has(classIds[index]!))) continue
    order.push(index)
    isSorted &&= score <= last
    last = score
  }
  // They come sorted; that is cheap to see and dear to do again.
  return isSorted ? order : order.sort((a, b) => scores[b]! - scores[a]!)
}

/** Areas by candidate; 0 for boxes without one. */
function areasOf(boxes: readonly number[], count: number): Float64Array {
  const areas = new Float64Array(count)
  for (let index = 0, at = 0; index < count; index++, at += 4) {
    const width = boxes[at + 2]! - boxes[at]!
    const height = boxes[at + 3]! - boxes[at + 1]!
    if (width > 0 && height > 0) areas[index] = width * height
  }
  return areas
}

/** As intersectionOverUnion, of two candidates whose areas are known. */
function overlapOf(boxes: readonly number[], areas: Float64Array, a: number, b: number): number {
  const [first, second] = [4 * a, 4 * b]
  const width = Math.min(boxes[first + 2]!, boxes[second + 2]!) - Math.max(boxes[first]!, boxes[second]!)
  if (!(width > 0)) return 0
  const height = Math.min(boxes[first + 3]!, boxes[second + 3]!) - Math.max(boxes[first + 1]!, boxes[second + 1]!)
  if (!(height > 0) || areas[a] === 0 || areas[b] === 0) return 0
  const shared = width * height
  return shared / (areas[a]! + areas[b]! - shared)
}

/** Greedy suppression in the order of scores, which for each class comes to the same as one class after another. */
function hardly(candidates: Candidates, order: readonly number[], filter: DetectionFilter): readonly number[] {
  const { boxes, classIds } = candidates
  const areas = areasOf(boxes, classIds.length)
  const kept: number[] = []
  /** Kept boxes that can suppress, by class. */
  const rivals = new Map<number, number[]>()
  for (const index of order) {
    const group = filter.acrossClasses ? 0 : classIds[index]!
    let same = rivals.get(group)
    if (same === undefined) rivals.set(group, (same = []))
    let stays = true
    for (let rival = 0; rival < same.length && stays; rival++) {
      stays = overlapOf(boxes, areas, same[rival]!, index) <= filter.overlap
    }
    if (!stays) continue
    same.push(index)
    kept.push(index)
    if (kept.length === filter.limit) break
  }
  return kept
}

/**
 * Soft-NMS. A box whose score was under the threshold from the start can lower none that ends above it (it would have to be the better of
 * the two), so it makes no difference that `order` lacks such boxes.
 */
function softly(candidates: Candidates, order: readonly number[], filter: DetectionFilter): readonly DetectedBox[] {
  const { boxes, classIds, scores } = candidates
  const areas = areasOf(boxes, classIds.length)
  const least = Math.max(filter.score, softFloor)
  const weaken = filter.suppression === 'soft-linear' ? linear(filter.overlap) : gaussian
  const left = Int32Array.from(order)
  const current = Float64Array.from(order, (index) => scores[index]!)
  const kept: DetectedBox[] = []
  for (let count = left.length; count > 0 && kept.length < filter.limit;) {
    let best = 0
    for (let place = 1; place < count; place++) if (current[place]! > current[best]!) best = place
    const [index, score] = [left[best]!, current[best]!]
    if (score < least) break
    kept.push(detected(candidates, index, score))
    // What stays moves up in its order, so that the first of equals is found first.
    let to = 0
    for (let place = 0; place < count; place++) {
      const other = left[place]!
      if (place === best) continue
      let lowered = current[place]!
      if (filter.acrossClasses || classIds[other] === classIds[index]) {
        lowered *= weaken(overlapOf(boxes, areas, index, other))
        if (lowered < least) continue
      }
      left[to] = other
      current[to] = lowered
      to += 1
    }
    count = to
  }
  return kept
}

function linear(overlap: number): (iou: number) => number {
  return (iou) => (iou >= overlap && overlap < 1 ? 1 - iou : 1)
}

function gaussian(iou: number): number {
  return iou === 0 ? 1 : Math.exp(-(iou * iou) / gaussianSigma)
}

/**
 * Pairs the boxes of two lists, such as those of two models, each with at most one of the other: those that overlap most first, down
 * to `iou`. Boxes without a partner follow, those of `a` first.
 */
export function matchBoxes(
  a: readonly DetectedBox[],
  b: readonly DetectedBox[],
  iou: number,
  sameClass = true,
): readonly { readonly a: number | null; readonly b: number | null; readonly iou: number }[] {
  const pairs: { a: number; b: number; iou: number }[] = []
  a.forEach((one, first) => {
    b.forEach((other, second) => {
      if (sameClass && one.classId !== other.classId) return
      const overlap = intersectionOverUnion(one.box, other.box)
      if (overlap > 0 && overlap >= iou) pairs.push({ a: first, b: second, iou: overlap })
    })
  })
  pairs.sort((one, other) => other.iou - one.iou)
  const [inA, inB] = [new Set<number>(), new Set<number>()]
  const matched = pairs.filter((pair) => {
    if (inA.has(pair.a) || inB.has(pair.b)) return false
    inA.add(pair.a)
    inB.add(pair.b)
    return true
  })
  const onlyA = a.flatMap((_, index) => (inA.has(index) ? [] : [{ a: index, b: null, iou: 0 }]))
  const onlyB = b.flatMap((_, index) => (inB.has(index) ? [] : [{ a: null, b: index, iou: 0 }]))
  return [...matched, ...onlyA, ...onlyB]
}
