// Objects found at several precisions: the same pictures for each, its boxes held against the reference's.

import type { Candidates, DetectedBox, DetectionFilter, DetectorClass } from '../../contract/detection'
import { filterCandidates, matchBoxes } from '../../contract/detection-boxes'
import { evaluateDetections } from '../../contract/detection-metrics'
import type { TruthLabel } from '../../contract/detection-truth'
import { StudioError } from '../../contract/errors'
import type { ColumnOutput, ComparedBoxes } from '../../contract/precision-results'
import type { DetectorSpec } from '../detect/detector-spec'
import type { PreparedPicture } from '../detect/picture-input'
import { feedsFor, runNetwork } from '../detect/run-network'
import { readGraphOutline } from '../runtime/graph-outline'
import type { ValueInfo } from '../runtime/graph-session'
import { float16To32 } from '../tensor/float16'
import { columnErrors, spread } from './column-errors'
import { EditableGraph } from './editable-graph'
import type { Feeds, GraphSet } from './graph-set'
import { pinChoices, readChoices, runOnce, type RunPlace } from './pinned-choices'
import type { SubjectContext, SubjectRun, SubjectRunner } from './subject'

/** A picture as the network takes it, with what is known of it. */
export interface PictureToCompare {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly prepared: PreparedPicture
  /** Null where nobody labelled it. */
  readonly labels: readonly TruthLabel[] | null
}

/** What a comparison of a detector is given. Plain data: it can be sent to another thread. */
export interface DetectionInput {
  readonly spec: DetectorSpec
  /** What the model's own sliders say, with the score from which boxes are shown and matched. */
  readonly filter: DetectionFilter
  readonly pictures: readonly PictureToCompare[]
  readonly calibration: readonly PreparedPicture[]
  /** Says which pictures ranges are found on. */
  readonly calibrationKey: string
}

interface MadeBoxes {
  readonly candidates: readonly Candidates[]
  /** The network's raw outputs of the first pictures, one after another, all with the reference's choices. */
  readonly raw: readonly Float32Array[]
}

const role = 'detect'
/** Runs that are not counted. */
const warmUps = 2
/** Samples that a median needs: few pictures are looked at several times. */
const fewestSamples = 20
/** Raw numbers that are kept of a column to compare. */
const mostRaw = 8_000_000
const matchedFrom = 0.5

export class DetectionRunner implements SubjectRunner<MadeBoxes> {
  readonly #input: DetectionInput
  readonly #runs: number
  readonly #place: RunPlace
  /** What the reference chose, by picture; set when the first column, which is the reference, is completed. */
  #choices: readonly Feeds[] | null = null

  /** @param runs how often all pictures are looked at; so often that a median means something where undefined */
  constructor(input: DetectionInput, runs: number | undefined, place: RunPlace) {
    this.#input = input
    this.#runs = runs ?? Math.max(1, Math.ceil(fewestSamples / input.pictures.length))
    this.#place = place
  }

  get calibrationKey(): string {
    return JSON.stringify(['detection', this.#input.calibrationKey])
  }

  async run(graphs: GraphSet, context: SubjectContext): Promise<SubjectRun<MadeBoxes>> {
    const { spec, pictures } = this.#input
    const session = await graphs.open(role)
    for (let run = 0; run < warmUps; run++) await runNetwork(session, spec, pictures[0]!.prepared)
    const milliseconds: number[] = []
    const totals: number[] = []
    let candidates: Candidates[] = []
    for (let run = 0; run < this.#runs; run++) {
      const started = performance.now()
      candidates = []
      for (const [index, picture] of pictures.entries()) {
        stopIfCancelled(context)
        const result = await runNetwork(session, spec, picture.prepared)
        milliseconds.push(result.network)
        candidates.push(result.candidates)
        const done = (run + (index + 1) / pictures.length) / this.#runs
        context.onProgress(done, `Picture ${index + 1} of ${pictures.length}`)
      }
      totals.push(performance.now() - started)
    }
    return {
      made: { candidates, raw: [] },
      run: { unit: 'picture', ...spread(milliseconds), total: spread(totals).median },
    }
  }

  /** Raw outputs, row by row the same things: a column that proposes other boxes is given the reference's proposals. */
  async complete(
    made: MadeBoxes,
    paths: Readonly<Record<string, string>>,
    context: SubjectContext,
  ): Promise<MadeBoxes> {
    const path = paths[role]!
    const graph = EditableGraph.read(path)
    const feeds = this.#input.pictures.map(({ prepared }) => feedsFor({ inputs: inputsOf(path) }, prepared.pixels))
    this.#choices ??= await readChoices(graph, feeds, this.#place)
    const choices = this.#choices
    pinChoices(graph, choices[0]!)
    const raw = await runOnce(graph, this.#place, async (run) => {
      const found: Float32Array[] = []
      let kept = 0
      for (const [index, one] of feeds.entries()) {
        stopIfCancelled(context)
        if (kept >= mostRaw) break
        const values = joined(await run({ ...one, ...choices[index] }))
        found.push(values)
        kept += values.length
      }
      return found
    })
    return { ...made, raw }
  }

  async calibrate(graphs: GraphSet, context: SubjectContext): Promise<void> {
    const { spec, calibration } = this.#input
    const session = await graphs.open(role)
    for (const [index, prepared] of calibration.entries()) {
      stopIfCancelled(context)
      context.onProgress(index / calibration.length, 'Calibrating')
      await runNetwork(session, spec, prepared)
    }
  }

  compare(reference: MadeBoxes, own: MadeBoxes): ReturnType<SubjectRunner<MadeBoxes>['compare']> {
    const shown = (made: MadeBoxes) =>
      made.candidates.map((candidates) => filterCandidates(candidates, this.#input.filter).filter(hasArea))
    const [theirs, ours] = [shown(reference), shown(own)]
    const matches = ours.map((boxes, index) => matchBoxes(theirs[index]!, boxes, matchedFrom))
    const all = matches.flat()
    const both = all.filter(({ a, b }) => a !== null && b !== null).length
    const pictures = this.#input.pictures.map(({ width, height }, index): ComparedBoxes => {
      const boxes = ours[index]!.map((box) => this.#named(box))
      return { width, height, boxes, matches: matches[index]!.map(({ a, b, iou }) => ({ reference: a, own: b, iou })) }
    })
    const errors = columnErrors(concatenated(reference.raw), concatenated(own.raw), {
      agreement: all.length === 0 ? null : both / all.length,
      meanAveragePrecision: this.#precision(own, (index) => this.#known(index)),
      referencePrecision: this.#precision(own, (index) => theirs[index]!.map((box) => this.#asLabel(box)), hasArea),
    })
    return { errors, output: { kind: 'detection', pictures } satisfies ColumnOutput }
  }

  prefers(_feeds: Feeds, best: Feeds | null): boolean {
    return best === null
  }

  /** COCO's mean average precision over the pictures that have labels; every box counts, however low its score. */
  #precision(
    made: MadeBoxes,
    labelsOf: (index: number) => readonly TruthLabel[] | null,
    isCounted: (box: DetectedBox) => boolean = () => true,
  ): number | null {
    const filter = { ...this.#input.filter, score: 0 }
    const judged = made.candidates.flatMap((candidates, index) => {
      const labels = labelsOf(index)
      return labels === null ? [] : [{ detections: filterCandidates(candidates, filter).filter(isCounted), labels }]
    })
    if (judged.every(({ labels }) => labels.length === 0)) return null
    return evaluateDetections(judged, this.#input.spec.classes).averagePrecision.all
  }

  /** A picture's labels of classes that the detector knows: what it never learnt says nothing of a precision. */
  #known(index: number): readonly TruthLabel[] | null {
    return this.#input.pictures[index]!.labels?.filter(({ classId }) => classId >= 0) ?? null
  }

  #asLabel({ box, classId }: DetectedBox): TruthLabel {
    const area = (box[2] - box[0]) * (box[3] - box[1])
    return { box, classId, className: nameOf(this.#input.spec.classes, classId), area, crowd: false, ignored: false }
  }

  #named({ box, classId, score }: DetectedBox): ComparedBoxes['boxes'][number] {
    return { box, label: nameOf(this.#input.spec.classes, classId), score }
  }
}

/** A box without area covers nothing, itself included: it has no match anywhere. */
function hasArea({ box: [left, top, right, bottom] }: DetectedBox): boolean {
  return right > left && bottom > top
}

/** What a graph's file says of its inputs. */
function inputsOf(path: string): ValueInfo[] {
  return readGraphOutline(path).inputs.flatMap(({ name, dtype, shape }) =>
    dtype === 'bfloat16' || dtype === 'other' ? [] : [{ name, dtype, shape }],
  )
}

function nameOf(classes: readonly DetectorClass[], classId: number): string {
  return classes.find(({ id }) => id === classId)?.name ?? String(classId)
}

function joined(outputs: Feeds): Float32Array {
  return concatenated(
    Object.keys(outputs)
      .sort()
      .flatMap((name) => {
        const { dtype, data } = outputs[name]!
        if (dtype === 'float32') return [data as Float32Array]
        return dtype === 'float16' ? [float16To32(data as Uint16Array)] : []
      }),
  )
}

function concatenated(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}

function stopIfCancelled({ isCancelled }: SubjectContext): void {
  if (isCancelled()) throw new StudioError('CANCELLED', 'The comparison was cancelled')
}
