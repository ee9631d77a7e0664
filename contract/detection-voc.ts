import { intersectionOverUnion } from './detection-boxes'
import type { ClassInPicture } from './detection-matching'

const threshold = 0.5

/**
 * Pascal VOC's average precision of one class at an IoU of 0.5: each detection, the best of all pictures first, is held against the label
 * that it overlaps most, taken or not; labels to be ignored count neither way. 2007 takes the mean at 11 recalls, 2010 and later the
 * area under the curve. Boxes are continuous here, without the devkit's whole pixels.
 * Source: VOCdevkit, VOCevaldet.m.
 * @returns null where nothing is labelled
 */
export function vocAveragePrecision(parts: readonly ClassInPicture[]): { voc07: number; voc10: number } | null {
  const wanted = parts.reduce((sum, { labels }) => sum + labels.filter(({ ignored }) => !ignored).length, 0)
  if (wanted === 0) return null
  const taken = parts.map(({ labels }) => new Uint8Array(labels.length))
  const found = parts.flatMap(({ detections }, part) => detections.map(({ score }, place) => ({ score, part, place })))
  found.sort((a, b) => b.score - a.score)
  const [recall, precision]: [number[], number[]] = [[], []]
  let [right, wrong] = [0, 0]
  for (const { part, place } of found) {
    const label = mostOverlapped(parts[part]!, place)
    if (label < 0 || taken[part]![label] === 1) wrong += 1
    else if (!parts[part]!.labels[label]!.ignored) {
      taken[part]![label] = 1
      right += 1
    }
    recall.push(right / wanted)
    precision.push(right + wrong === 0 ? 0 : right / (right + wrong))
  }
  return { voc07: elevenPoints(recall, precision), voc10: areaUnder(recall, precision) }
}

/** @returns -1 where none is overlapped enough */
function mostOverlapped({ detections, labels, overlaps }: ClassInPicture, row: number): number {
  let [best, most] = [-1, threshold]
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!
    // Groups are COCO's; here they are labels to be ignored like any other.
    const overlap = label.crowd
      ? intersectionOverUnion(detections[row]!.box, label.box)
      : overlaps[row * labels.length + index]!
    if (overlap > most || (overlap === most && best < 0)) [best, most] = [index, overlap]
  }
  return best
}

function elevenPoints(recall: readonly number[], precision: readonly number[]): number {
  let sum = 0
  for (let point = 0; point <= 10; point++) {
    let best = 0
    recall.forEach((reached, place) => {
      if (reached >= point / 10) best = Math.max(best, precision[place]!)
    })
    sum += best / 11
  }
  return sum
}

function areaUnder(recall: readonly number[], precision: readonly number[]): number {
  let [area, best] = [0, 0]
  for (let place = recall.length - 1; place >= 0; place--) {
    best = Math.max(best, precision[place]!)
    area += best * (recall[place]! - (recall[place - 1] ?? 0))
  }
  return area
}
