// Any single graph at several precisions, on seeded inputs that suit their types.

import { StudioError } from '../../contract/errors'
import type { Subject } from '../../contract/precision'
import { indexOfLargest } from '../../contract/precision-statistics'
import type { GraphSession, ValueInfo } from '../runtime/graph-session'
import { float32To16, float16To32 } from '../tensor/float16'
import { Generator } from '../tensor/noise'
import { elementCount, tensor, type Tensor } from '../tensor/tensor'
import { columnErrors, spread } from './column-errors'
import type { Feeds, GraphSet } from './graph-set'
import type { SubjectContext, SubjectRun, SubjectRunner } from './subject'

type GraphSubject = Extract<Subject, { kind: 'graph' }>

interface MadeOutputs {
  readonly outputs: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly values: Float32Array
  }[]
}

const warmUps = 5
const mostElements = 200_000_000
/** Of free dimensions that nobody gave a size; one that counts examples is 1. */
const usualSize = 8
/** Whole-number inputs stay below this: ids that any table has. */
const idsBelow = 8

export class GraphRunner implements SubjectRunner<MadeOutputs> {
  readonly #subject: GraphSubject
  readonly #runs: number

  constructor(subject: GraphSubject, runs: number) {
    this.#subject = subject
    this.#runs = runs
  }

  get calibrationKey(): string {
    return JSON.stringify(['graph', this.#subject.seed + 1, this.#subject.dimensions])
  }

  async run(graphs: GraphSet, { isCancelled, onProgress }: SubjectContext): Promise<SubjectRun<MadeOutputs>> {
    const session = await graphs.open(this.#subject.role)
    const feeds = seededFeeds(session, this.#subject.seed, this.#subject.dimensions)
    const samples: number[] = []
    let outputs: Record<string, Tensor> = {}
    const warm = this.#runs > 1 ? Math.min(warmUps, this.#runs) : 0
    for (let run = -warm; run < this.#runs; run++) {
      if (isCancelled()) throw new StudioError('CANCELLED', 'The comparison was cancelled')
      const started = performance.now()
      outputs = await session.run(feeds)
      if (run >= 0) samples.push(performance.now() - started)
      onProgress((run + warm + 1) / (this.#runs + warm), `Run ${Math.max(1, run + 1)} of ${this.#runs}`)
    }
    const made = Object.entries(outputs).flatMap(([name, { dtype, shape, data }]) => {
      const values = realNumbers(dtype, data)
      return values === null ? [] : [{ name, shape, values }]
    })
    return { made: { outputs: made }, run: { unit: 'run', ...spread(samples), total: spread(samples).median } }
  }

  async calibrate(graphs: GraphSet, { isCancelled }: SubjectContext): Promise<void> {
    const session = await graphs.open(this.#subject.role)
    for (let index = 1; index <= 3; index++) {
      if (isCancelled()) throw new StudioError('CANCELLED', 'The comparison was cancelled')
      await session.run(seededFeeds(session, this.#subject.seed + index, this.#subject.dimensions))
    }
  }

  compare(reference: MadeOutputs, own: MadeOutputs): ReturnType<SubjectRunner<MadeOutputs>['compare']> {
    const outputs = reference.outputs.flatMap(({ name, shape, values }) => {
      const other = own.outputs.find((one) => one.name === name)
      // Outputs whose number of rows depends on the numbers (boxes that were found) have no partner to be compared with.
      if (other === undefined || other.values.length !== values.length) return []
      const agreement = rowAgreement(values, other.values, shape)
      return [
        {
          name,
          shape: [...shape],
          errors: columnErrors(values, other.values, { agreement }),
          values,
          other: other.values,
        },
      ]
    })
    const all = (pick: 'values' | 'other'): Float32Array => joined(outputs.map((output) => output[pick]))
    return {
      errors: columnErrors(all('values'), all('other'), { agreement: outputs[0]?.errors.agreement ?? null }),
      output: { kind: 'graph', outputs: outputs.map(({ name, shape, errors }) => ({ name, shape, errors })) },
    }
  }

  prefers(_feeds: Feeds, best: Feeds | null): boolean {
    return best === null
  }
}

/** Share of rows whose largest number is at the same place; null where a row has one number or there are none. */
function rowAgreement(one: Float32Array, other: Float32Array, shape: readonly number[]): number | null {
  const width = shape[shape.length - 1] ?? 1
  if (width < 2 || one.length === 0) return null
  const rows = one.length / width
  let same = 0
  for (let row = 0; row < rows; row++) {
    const part = (values: Float32Array): Float32Array => values.subarray(row * width, (row + 1) * width)
    if (indexOfLargest(part(one)) === indexOfLargest(part(other))) same += 1
  }
  return same / rows
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}

function realNumbers(dtype: Tensor['dtype'], data: Tensor['data']): Float32Array | null {
  if (dtype === 'float32') return data as Float32Array
  if (dtype === 'float16') return float16To32(data as Uint16Array)
  return dtype === 'float64' ? Float32Array.from(data as Float64Array) : null
}

/** Inputs for a graph: normal numbers, small ids, places in order, masks that hide nothing. @throws StudioError INVALID_INPUT for sizes too large */
export function seededFeeds(
  { inputs }: Pick<GraphSession, 'inputs'>,
  seed: number,
  dimensions: Readonly<Record<string, number>>,
): Feeds {
  const random = new Generator(seed)
  const sizeOf = freeSizes(inputs, dimensions)
  return Object.fromEntries(
    inputs.map((input) => {
      const shape = input.shape.map(sizeOf)
      const count = elementCount(shape)
      if (count > mostElements) {
        throw new StudioError(
          'INVALID_INPUT',
          `The input ${input.name} would have ${count.toLocaleString('en')} numbers`,
          {
            field: 'subject.dimensions',
            remedy: 'Choose smaller sizes.',
          },
        )
      }
      return [input.name, tensor(input.dtype, shape, seededValues(input, count, random))]
    }),
  )
}

/** What a dimension's name is made of that is the sum of others, as our exporters write it: `U_plus_G`. */
export function summedDimensions(name: string): readonly string[] {
  return name.includes('_plus_') ? name.split('_plus_') : []
}

/** The size of a free dimension that nobody gave one; given ones and sums are known by their names. */
function freeSizes(
  inputs: readonly ValueInfo[],
  given: Readonly<Record<string, number>>,
): (size: number | string, axis: number) => number {
  // What only ever comes first counts examples. The same name in another place, such as that of tokens, does not.
  const later = new Set(inputs.flatMap(({ shape }) => shape.slice(1).map(String)))
  const sizeOf = (name: string, axis: number): number => {
    const parts = summedDimensions(name)
    if (given[name] !== undefined) return given[name]
    if (parts.length > 0) return parts.reduce((sum, part) => sum + sizeOf(part, axis), 0)
    return axis === 0 && (isUnnamed(name) || !later.has(name)) ? 1 : usualSize
  }
  return (size, axis) => (typeof size === 'number' && size >= 0 ? size : sizeOf(String(size), axis))
}

function isUnnamed(name: string): boolean {
  return name === '' || name === '-1' || name === 'null'
}

function seededValues({ name, dtype }: ValueInfo, count: number, random: Generator): Tensor['data'] {
  const isMask = /mask/iu.test(name)
  const isPlace = /pos/iu.test(name)
  const whole = (index: number): number => (isMask ? 1 : isPlace ? index : Math.floor(random.uniform() * idsBelow))
  switch (dtype) {
    case 'float32':
      return isMask ? new Float32Array(count) : random.randn(new Float32Array(count))
    case 'float16':
      return float32To16(isMask ? new Float32Array(count) : random.randn(new Float32Array(count)))
    case 'float64':
      return Float64Array.from(isMask ? new Float32Array(count) : random.randn(new Float32Array(count)))
    case 'int64':
      return BigInt64Array.from({ length: count }, (_, index) => BigInt(whole(index)))
    case 'int32':
      return Int32Array.from({ length: count }, (_, index) => whole(index))
    case 'int8':
      return Int8Array.from({ length: count }, (_, index) => whole(index))
    case 'uint8':
      return Uint8Array.from({ length: count }, (_, index) => whole(index))
    case 'bool':
      return new Uint8Array(count).fill(1)
  }
}
