import { temporal } from 'zundo'
import { createStore } from 'zustand/vanilla'

export interface Point {
  readonly x: number
  readonly y: number
}

/** One thing that was done to the mask. The mask is what comes of doing them in order. */
export type MaskOperation =
  | {
      readonly kind: 'stroke'
      readonly points: readonly Point[]
      /** Width of the brush in picture pixels. */
      readonly size: number
      /** Share of the width that fades out, 0 to 1. */
      readonly softness: number
      readonly isErasing: boolean
    }
  | {
      /** A box, in picture pixels. */
      readonly kind: 'rectangle'
      readonly left: number
      readonly top: number
      readonly right: number
      readonly bottom: number
    }
  | { readonly kind: 'invert' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'fill' }

export interface MaskState {
  readonly operations: readonly MaskOperation[]
}

/** The mask as a list of operations, with undo and redo. */
export function createMaskStore() {
  return createStore<MaskState>()(temporal((): MaskState => ({ operations: [] }), { limit: 200 }))
}

export type MaskStore = ReturnType<typeof createMaskStore>

/** Masks by start image, so that one can be worked on again after it was closed. */
const stores = new Map<string, MaskStore>()

export function maskStoreOf(assetId: string): MaskStore {
  const known = stores.get(assetId)
  if (known) return known
  const made = createMaskStore()
  stores.set(assetId, made)
  return made
}

export function addOperation(store: MaskStore, operation: MaskOperation): void {
  store.setState((state) => ({ operations: [...state.operations, operation] }))
}

/** Whether anything can be painted: after a clear, or before the first stroke, nothing is. */
export function isMaskEmpty(operations: readonly MaskOperation[]): boolean {
  let isEmpty = true
  for (const operation of operations) {
    if (operation.kind === 'clear') isEmpty = true
    else if (operation.kind !== 'stroke' || !operation.isErasing) isEmpty = false
  }
  return isEmpty
}
