// What a comparison gives to every column, and gets back. Each kind has one file: picture-subject.ts, text-subject.ts,
// detection-subject.ts, graph-subject.ts.

import type { ColumnOutput, ColumnResult, Errors } from '../../contract/precision-results'
import type { Feeds, GraphSet } from './graph-set'

/** A picture as the worker hands it out: pixels, for the engine to encode. */
export interface RawPicture {
  readonly kind: 'picture'
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
  /** Grey, 255 is `differenceScale`; null of the reference. */
  readonly difference: Uint8Array | null
  readonly differenceScale: number
  readonly similarity: Uint8Array | null
}

export type RawOutput = RawPicture | Exclude<ColumnOutput, { kind: 'picture' }>

/** What running a column gave, before it is compared. */
export interface SubjectRun<Made> {
  readonly made: Made
  readonly run: ColumnResult['run']
}

export interface SubjectContext {
  readonly isCancelled: () => boolean
  /** 0 to 1 of this column's run. */
  readonly onProgress: (fraction: number, label: string) => void
}

/** One kind of subject. `Made` is what it keeps of a column to compare with. */
export interface SubjectRunner<Made = unknown> {
  /** Runs the whole subject once or more with a column's graphs. @throws StudioError CANCELLED, as the engines do */
  run(graphs: GraphSet, context: SubjectContext): Promise<SubjectRun<Made>>
  /** Reads what is compared besides, with graphs of its own, after time and memory were taken; absent where `run` has it all. */
  complete?(made: Made, paths: Readonly<Record<string, string>>, context: SubjectContext): Promise<Made>
  /** How far a column is from the reference, and what is shown of it. */
  compare(reference: Made, own: Made): { errors: Errors; output: RawOutput }
  /** Runs other inputs of the same kind, so that ranges are not found on what is then measured. */
  calibrate(graphs: GraphSet, context: SubjectContext): Promise<void>
  /** Says what the ranges were found on: part of a variant's key. */
  readonly calibrationKey: string
  /**
   * Whether layers are rather looked at on these inputs of the main graph than on the best so far (null before the first).
   * @param call how many inputs came before, in the run of the reference
   */
  prefers(feeds: Feeds, best: Feeds | null, call: number): boolean
}
