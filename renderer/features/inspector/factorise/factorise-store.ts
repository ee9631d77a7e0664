import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../../contract/errors'
import type { JobId } from '../../../../contract/ids'
import type { Convolution } from '../../../../contract/inspection'
import type { Block, MeasuredBlocks } from '../../../../contract/inspection-measures'

/** The convolution that is played with, and the forms it could take. */
export interface FactoriseState {
  readonly convolution: Convolution
  /** The node that it was taken from, as long as no slider was moved. */
  readonly from: { readonly node: number; readonly name: string } | null
  readonly blocks: readonly Block[]
  /** What was measured for this very convolution; null where nothing was. */
  readonly measured: MeasuredBlocks | null
  /** The measurement in hand. */
  readonly jobId: JobId | null
  readonly failure: Failure | null
}

export type FactoriseStore = StoreApi<FactoriseState>

/** The layer that the literature's worked example is about. */
export const firstConvolution: Convolution = {
  kernel: 3,
  inputChannels: 128,
  outputChannels: 128,
  height: 28,
  width: 28,
  stride: 1,
  groups: 1,
}

export function createFactoriseStore(): FactoriseStore {
  return createStore<FactoriseState>(() => ({
    convolution: firstConvolution,
    from: null,
    blocks: [],
    measured: null,
    jobId: null,
    failure: null,
  }))
}
