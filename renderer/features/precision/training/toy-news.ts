import type { ExponentHistogram } from '../../../../contract/precision-results'

/** Cells of a side of the map of answers. */
export const mapSide = 28

/** What the worker tells after some steps. */
export interface ToyNews {
  readonly step: number
  readonly loss: number
  readonly referenceLoss: number
  readonly accuracy: number
  readonly referenceAccuracy: number
  readonly scale: number
  readonly lostUpdates: number
  readonly gradients: ExponentHistogram
  readonly map: Float32Array
}
