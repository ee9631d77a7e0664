// A mix of precisions: all layers low, then the layers that gain the most for what they cost are raised to float32, until the target
// is met. One graph holds both forms of every layer and a switch for each, so that a mix is tried without loading anything. That is on
// one input and without the codes between layers, so a mix is only taken once it was measured as a column is; while that says too
// little, more layers are raised.

import { StudioError } from '../../contract/errors'
import type { SearchRequest } from '../../contract/precision'
import type { Decibels, SearchResult, SearchStep } from '../../contract/precision-results'
import { decibels, energies } from '../../contract/precision-statistics'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { tensor } from '../tensor/tensor'
import { lowLayer, takesLayer } from './convert'
import { changedNode, makeNode, type EditableGraph } from './editable-graph'
import { allowCasts } from './emulate'
import type { Feeds } from './graph-set'
import { mixCost, type LayerCost } from './layer-costs'
import type { LayerSetting } from './layer-errors'
import { pinChoices, runOnce } from './pinned-choices'
import type { Ranges } from './quantised-layers'
import { emulatedFormat } from './recipe-formats'
import { rangesBeforeRelu } from './static-graph'
import { typedTensor } from './stored-tensor'
import { weightLayers, type WeightLayer } from './weight-layers'

const switches = 'atelier.switches'

/**
 * A copy of a float32 graph in which a layer is float32 where its switch is true, and low where it is false.
 * @param given inputs for the graph, with its choices where it chooses rows
 */
export function switchedGraph(
  base: EditableGraph,
  request: SearchRequest,
  ranges: Ranges,
  given: Feeds,
): { graph: EditableGraph; layers: WeightLayer[] } {
  const graph = base.copy()
  const emulated = emulatedFormat(request.low)
  if (emulated !== null) allowCasts(graph, emulated)
  const layers = weightLayers(graph).filter((layer) => takesLayer(layer, request.low))
  const known = rangesBeforeRelu(graph, layers, ranges)
  const places = new Map(layers.map((layer, index) => [layer.node, { layer, index }]))
  pinChoices(graph, given)
  graph.addInput(switches, Type.BOOL, [layers.length])
  graph.rewrite((node) => {
    const place = places.get(node)
    if (place === undefined) return [node]
    const { layer, index } = place
    const [high, low, gate] = [
      graph.fresh(`${layer.output}.high`),
      graph.fresh(`${layer.output}.low`),
      graph.fresh(`${layer.output}.switch`),
    ]
    const at = graph.addWeight(`${gate}.place`, typedTensor(Type.INT64, [], BigInt64Array.of(BigInt(index))))
    return [
      changedNode(node, { output: [high] }),
      ...lowLayer(graph, layer, low, request.low, known),
      makeNode('Gather', [switches, at], [gate]),
      makeNode('Where', [gate, high, low], [layer.output]),
    ]
  })
  return { graph, layers }
}

type RunGraph = (feeds: Feeds, fetches?: readonly string[]) => Promise<Feeds>

/** The outputs' error under a setting of the switches. */
class MixMeter {
  readonly #runGraph: RunGraph
  readonly #outputs: readonly string[]
  readonly #setting: LayerSetting
  readonly #count: number
  #reference: readonly Float32Array[] = []

  constructor(run: RunGraph, outputs: readonly string[], setting: LayerSetting, count: number) {
    this.#runGraph = run
    this.#outputs = outputs
    this.#setting = setting
    this.#count = count
  }

  async prepare(): Promise<void> {
    this.#reference = await this.#run(new Array<boolean>(this.#count).fill(true))
  }

  async noise(high: readonly boolean[]): Promise<{ signal: number; noise: number }> {
    if (this.#setting.isCancelled()) throw new StudioError('CANCELLED', 'The search was cancelled')
    const own = await this.#run(high)
    let [signal, noise] = [0, 0]
    for (const [index, values] of this.#reference.entries()) {
      const part = energies(values, own[index]!)
      signal += part.signal
      noise += part.noise
    }
    return { signal, noise }
  }

  async #run(high: readonly boolean[]): Promise<Float32Array[]> {
    const gate = tensor('bool', [this.#count], Uint8Array.from(high, Number))
    const outputs = await this.#runGraph({ ...this.#setting.feeds, [switches]: gate }, this.#outputs)
    return this.#outputs.map((name) => outputs[name]!.data as Float32Array)
  }
}

const float32: number = Type.FLOAT

function floatOutputs(graph: EditableGraph): string[] {
  return graph.graph.output.flatMap(({ name, type }) =>
    type?.value.case === 'tensorType' && type.value.value.elemType === float32 ? [name] : [],
  )
}

export interface MixSearchOptions {
  readonly base: EditableGraph
  readonly request: SearchRequest
  readonly ranges: Ranges
  readonly setting: LayerSetting
  /** By layer name. */
  readonly costs: ReadonlyMap<string, LayerCost>
  /** Whether a mix with every layer of the graph raised is still low somewhere else. */
  readonly canRaiseAll: boolean
  /** What a column measures that keeps these layers, on all inputs. */
  readonly measure: (keep: readonly string[]) => Promise<Decibels>
  readonly onProgress: (fraction: number, label: string) => void
}

/**
 * Searches greedily. A layer's gain is the noise that it alone puts on the outputs, its cost what float32 adds in milliseconds (or
 * bytes); the order of raising is by gain over cost. Each mix is measured as a column; what it lacks there is what the graph with the
 * switches must gain before the next is measured, so that few need to be.
 * @throws StudioError CANCELLED, MODEL_UNSUPPORTED where no layer can be low
 */
export async function searchMix(options: MixSearchOptions): Promise<SearchResult> {
  const { base, request, ranges, setting } = options
  const { graph, layers } = switchedGraph(base, request, ranges, setting.feeds)
  if (layers.length === 0) {
    throw new StudioError('MODEL_UNSUPPORTED', 'The graph has no layers that this precision changes', {
      field: 'search.low',
      remedy: 'Choose another precision for the search.',
    })
  }
  const outputs = floatOutputs(graph)
  return runOnce(graph, setting, (run) => climb(new MixMeter(run, outputs, setting, layers.length), layers, options))
}

/** A layer and the noise that it alone puts on the outputs. */
interface LoneLayer {
  readonly layer: WeightLayer
  readonly noise: number
  readonly sqnr: Decibels
}

async function climb(
  meter: MixMeter,
  layers: readonly WeightLayer[],
  options: MixSearchOptions,
): Promise<SearchResult> {
  const { request, base, costs, canRaiseAll, onProgress } = options
  await meter.prepare()
  const alone: LoneLayer[] = []
  for (const [index, layer] of layers.entries()) {
    const { signal, noise } = await meter.noise(layers.map((_, other) => other !== index))
    alone.push({ layer, noise, sqnr: decibels(signal, noise) })
    onProgress((index + 1) / layers.length, `One layer at a time: ${index + 1} of ${layers.length}`)
  }
  const places = new Map(weightLayers(base).map(({ name }, index) => [name, index]))
  const placeOf = (layer: WeightLayer): number => places.get(layer.name) ?? -1
  const raised = new Set<WeightLayer>()
  const keep = (): string[] => [...request.low.keep, ...layers.filter((one) => raised.has(one)).map(({ name }) => name)]
  const step = async (last: WeightLayer | null): Promise<SearchStep> => {
    const high = layers.map((layer) => raised.has(layer))
    const { signal, noise } = await meter.noise(high)
    return {
      raised: last === null ? null : placeOf(last),
      sqnr: decibels(signal, noise),
      ...mixCost(layers, high, costs),
    }
  }
  const waiting = byGain(alone, request, costs)
  // With nothing low anywhere it would be the reference, and no mix.
  if (!canRaiseAll && waiting.length === layers.length) waiting.pop()
  const steps = [await step(null)]
  const measured = [{ raised: 0, sqnr: await options.measure(keep()) }]
  const isMet = (): boolean => meets(measured.at(-1)!.sqnr, request.targetDecibels)
  for (let fewest = 1; !isMet() && waiting.length > 0; fewest *= 2) {
    const wanted = lackingDecibels(steps.at(-1)!.sqnr, measured.at(-1)!.sqnr, request.targetDecibels)
    // At least twice as many as the time before: so few mixes are measured even where the graph with the switches promises too much.
    for (let count = 0; waiting.length > 0 && (count < fewest || !meets(steps.at(-1)!.sqnr, wanted)); count++) {
      const layer = waiting.shift()!
      raised.add(layer)
      steps.push(await step(layer))
    }
    measured.push({ raised: raised.size, sqnr: await options.measure(keep()) })
  }
  return {
    low: request.low,
    targetDecibels: request.targetDecibels,
    cost: request.cost,
    met: isMet(),
    steps,
    measured,
    alone: alone.map(({ layer, sqnr }) => ({ layer: placeOf(layer), sqnr })),
    recipe: { ...request.low, keep: keep() },
    sentence: sentenceOf(alone, new Set(keep()), isMet(), canRaiseAll),
  }
}

/** Layers in the order in which they are raised; those that put no noise on the outputs gain nothing and are left out. */
function byGain(
  alone: readonly LoneLayer[],
  request: SearchRequest,
  costs: ReadonlyMap<string, LayerCost>,
): WeightLayer[] {
  // Where another layer reads the same weight, its low form stays beside the high one.
  const isShared = ({ weight }: WeightLayer): boolean => alone.filter(({ layer }) => layer.weight === weight).length > 1
  function gainPerCost({ layer, noise }: LoneLayer): number {
    const cost = costs.get(layer.name)
    const extra =
      cost === undefined
        ? layer.weights
        : request.cost === 'bytes'
          ? cost.highBytes - (isShared(layer) ? 0 : cost.lowBytes)
          : cost.highMilliseconds - cost.lowMilliseconds
    // What costs nothing to raise comes first, the noisiest of it at the head.
    return extra <= 0 ? noise * 1e30 : noise / extra
  }
  const noisy = alone.filter(({ noise }) => noise !== 0)
  return noisy.sort((a, b) => gainPerCost(b) - gainPerCost(a)).map(({ layer }) => layer)
}

/** What the graph with the switches should say of the next mix; anything where it cannot be told. */
function lackingDecibels(switched: Decibels, measured: Decibels, target: number): number {
  if (typeof switched !== 'number' || typeof measured !== 'number') return Number.NEGATIVE_INFINITY
  return switched + (target - measured)
}

function meets(sqnr: Decibels, target: number): boolean {
  if (target === Number.NEGATIVE_INFINITY) return true
  return sqnr === 'infinity' || (sqnr !== null && sqnr >= target)
}

/** @param isLowElsewhere whether other graphs of the model are low, which no layer here can mend */
function sentenceOf(
  alone: readonly LoneLayer[],
  keep: ReadonlySet<string>,
  met: boolean,
  isLowElsewhere: boolean,
): string {
  const share = (pick: (one: LoneLayer) => number): string => {
    const all = alone.reduce((sum, one) => sum + pick(one), 0)
    const kept = alone.filter(({ layer }) => keep.has(layer.name)).reduce((sum, one) => sum + pick(one), 0)
    return all === 0 ? '0 %' : `${((100 * kept) / all).toFixed(kept / all < 0.1 ? 1 : 0)} %`
  }
  const kept = alone.filter(({ layer }) => keep.has(layer.name)).length
  if (kept === 0) return met ? 'The target is met with every layer low.' : 'No layer could be raised.'
  const held = `They hold ${share(({ noise }) => noise)} of the error and ${share(({ layer }) => layer.weights)} of the weights.`
  const short = isLowElsewhere ? ': the model’s other graphs stay low' : ''
  return `${kept} of ${alone.length} layers stay in float32. ${held}${met ? '' : ` The target is not met even so${short}.`}`
}
