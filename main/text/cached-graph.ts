// Runs one graph of our layout: builds its inputs from a request and a cache, and appends the rows that it returns.

import { StudioError } from '../../contract/errors'
import type { GraphSession, ValueInfo } from '../runtime/graph-session'
import { float32, tensor, type Tensor } from '../tensor/tensor'
import { attentionMask, rowPositions } from './attention-mask'
import { KeyValueCache } from './key-value-cache'
import type {
  CachedGraph,
  ForwardRequest,
  GraphOutputs,
  LanguageRole,
  LanguageSizes,
  TokenCache,
} from './language-model'

const newRows = 'new_rows'
const answeredRows = 'answered_rows'

export class OwnCachedGraph implements CachedGraph {
  readonly role: LanguageRole
  readonly cacheLayers: number
  readonly topCount: number
  readonly #session: GraphSession
  readonly #sizes: LanguageSizes
  readonly #inputs: ReadonlyMap<string, ValueInfo>
  /** Numbers in the names of the past inputs, in order: `upper` counts on from where `lower` stops. */
  readonly #layerNames: readonly number[]
  readonly #width: number

  constructor(role: LanguageRole, session: GraphSession, sizes: LanguageSizes) {
    this.role = role
    this.#session = session
    this.#sizes = sizes
    this.#inputs = new Map(session.inputs.map((input) => [input.name, input]))
    this.#layerNames = session.inputs
      .flatMap(({ name }) => /^past\.(?<layer>\d+)\.key$/u.exec(name)?.groups?.['layer'] ?? [])
      .map(Number)
      .sort((one, other) => one - other)
    this.cacheLayers = this.#layerNames.length
    this.#width = sizeAt(this.#inputs.get(`past.${this.#layerNames[0]}.key`), 2) ?? sizes.keyValueWidth
    const top = session.outputs.find(({ name }) => name === 'top_ids')
    this.topCount = sizeAt(top, (top?.shape.length ?? 0) - 1) ?? 0
  }

  has(output: string): boolean {
    return this.#session.outputs.some(({ name }) => name === output)
  }

  createCache(): KeyValueCache {
    return new KeyValueCache(this.cacheLayers, this.#width)
  }

  async run(request: ForwardRequest, cache: TokenCache | null, fetches: readonly string[]): Promise<GraphOutputs> {
    const rows = this.#rowsOf(request)
    const held = this.#ownCache(cache)
    const feeds = this.#feeds(request, rows, held)
    const outputs = await this.#session.run(feeds, held === null ? fetches : [...fetches, newRows])
    if (held !== null) held.append(floats(outputs, newRows), rows)
    return {
      rows: this.#inputs.has(answeredRows) ? (request.answered ?? rows) : rows,
      float: (name) => floats(outputs, name),
      ints: (name) => integers(outputs, name),
      shape: (name) => valueOf(outputs, name).shape,
    }
  }

  #rowsOf({ ids, hidden }: ForwardRequest): number {
    const byHidden = hidden === undefined ? undefined : hidden.length / this.#sizes.hidden
    const rows = ids?.length ?? byHidden
    if (rows === undefined || rows === 0 || !Number.isInteger(rows))
      throw new RangeError(`${this.role} was given no rows`)
    if (ids !== undefined && byHidden !== undefined && ids.length !== byHidden) {
      throw new RangeError(`${this.role} was given ${ids.length} ids and ${byHidden} rows of hidden states`)
    }
    return rows
  }

  #ownCache(cache: TokenCache | null): KeyValueCache | null {
    if (this.cacheLayers === 0) return null
    if (cache instanceof KeyValueCache && cache.layers === this.cacheLayers && cache.width === this.#width) return cache
    throw new RangeError(`${this.role} needs a cache that it made`)
  }

  #feeds(request: ForwardRequest, rows: number, cache: KeyValueCache | null): Record<string, Tensor> {
    const past = cache?.length ?? 0
    const parents = request.parents ?? null
    const positions = request.positions ?? rowPositions(past, rows, parents)
    checkContext(positions, this.#sizes.contextLength)
    const feeds: Record<string, Tensor> = {}
    const offer = (name: string, make: () => Tensor): void => {
      if (this.#inputs.has(name)) feeds[name] = make()
    }
    offer('input_ids', () => int64([1, rows], request.ids ?? []))
    offer('position_ids', () => int64([1, rows], positions))
    offer(answeredRows, () => int64([1], [request.answered ?? rows]))
    offer('attention_mask', () => float32([rows, past + rows], attentionMask(past, rows, parents)))
    for (const name of ['hidden', 'exit_hidden']) {
      offer(name, () => float32([1, rows, this.#sizes.hidden], request.hidden ?? new Float32Array()))
    }
    this.#layerNames.forEach((number, layer) => {
      feeds[`past.${number}.key`] = cache!.past(layer, 'key')
      feeds[`past.${number}.value`] = cache!.past(layer, 'value')
    })
    return feeds
  }
}

/** @throws StudioError INVALID_INPUT where a position is beyond what the model was made for */
export function checkContext(positions: readonly number[], contextLength: number): void {
  const furthest = positions.reduce((most, position) => Math.max(most, position), 0)
  if (furthest < contextLength) return
  throw new StudioError('INVALID_INPUT', `The model reads at most ${contextLength} tokens, and the text is longer`, {
    field: 'prompt',
    remedy: 'Shorten the prompt or ask for fewer tokens.',
  })
}

export function int64(shape: readonly number[], values: readonly number[]): Tensor<'int64'> {
  return tensor('int64', shape, BigInt64Array.from(values, BigInt))
}

function sizeAt(value: ValueInfo | undefined, axis: number): number | undefined {
  const size = value?.shape[axis]
  return typeof size === 'number' && size > 0 ? size : undefined
}

function valueOf(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const value = outputs[name]
  if (value === undefined) throw new RangeError(`The output "${name}" was not asked for`)
  return value
}

function floats(outputs: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const { data, dtype } = valueOf(outputs, name)
  if (data instanceof Float32Array) return data
  throw new RangeError(`The output "${name}" is ${dtype}, not float32`)
}

function integers(outputs: Readonly<Record<string, Tensor>>, name: string): Int32Array {
  const { data, dtype } = valueOf(outputs, name)
  if (data instanceof BigInt64Array) return Int32Array.from(data, Number)
  if (data instanceof Int32Array) return data
  throw new RangeError(`The output "${name}" is ${dtype}, not whole numbers`)
}
