import { StudioError } from '../../contract/errors'
import { shapeAt } from '../../contract/inspection-counts'
import type { Profile } from '../../contract/inspection-measures'
import { defaultThreads } from '../runtime/cpu-threads'
import { ProfiledGraph, runtimeName } from '../runtime/profile-graph'
import { brokenFile, readOnnxModel } from '../runtime/onnx/read-model'
import { buildGraph } from './build-graph'
import { countModel } from './count-model'
import type { Graph } from './graph'
import { makeFeeds } from './make-feeds'
import { openOnnx } from './open-onnx'
import { readProfile } from './read-profile'

export interface ProfileInput {
  readonly path: string
  /** What people call it. */
  readonly name: string
  readonly sizes: Readonly<Record<string, number>>
  /** As many as fit into the usual time where absent. */
  readonly runs?: number | undefined
  readonly threads: number
}

/** How a measurement tells how far it is, and learns that it should stop. */
export interface MeasureWatch {
  readonly tell: (fraction: number, label: string) => void
  readonly isCancelled: () => boolean
}

const warmUp = 3
const fewestRuns = 10
const mostRuns = 200
const usualMilliseconds = 10_000
/** onnxruntime keeps all events until the end: some hundred bytes each. */
const mostEvents = 100_000
/** Above this much, the optimised graph is not written down, and kernels are mapped by their names alone. */
const mostOptimisedBytes = 1.5e9

export function stopIfCancelled({ isCancelled }: MeasureWatch): void {
  if (isCancelled()) throw new StudioError('CANCELLED', 'The measurement was cancelled')
}

/**
 * Runs a graph with made-up inputs under onnxruntime's own profiler, and maps the times back to the graph's nodes.
 * @throws StudioError INVALID_INPUT where no inputs can be made up, CANCELLED, as openGraph
 */
export async function measureProfile(
  { path, name, sizes, runs, threads }: ProfileInput,
  watch: MeasureWatch,
): Promise<Omit<Profile, 'source'>> {
  watch.tell(0, 'Reading the graph')
  const model = openOnnx(path, name)
  // A missing or cut weights file is named before anything is loaded.
  const problem = model.file.weightFiles.find(({ state }) => state !== 'there')?.problem ?? null
  if (problem !== null) throw brokenFile(path, name, problem)
  const counts = countModel(model, sizes)
  const feeds = makeFeeds(model.graph, (tensor) => shapeAt(counts, tensor))
  stopIfCancelled(watch)
  watch.tell(0.05, 'Loading the model')
  const keepOptimised = model.file.graphBytes + model.file.weightBytes <= mostOptimisedBytes
  const profiled = await ProfiledGraph.open({ path, role: name, provider: 'cpu', threads, keepOptimised })
  try {
    const optimised = profiled.optimisedPath === null ? null : readOptimised(profiled.optimisedPath)
    const began = performance.now()
    for (let run = 0; run < warmUp; run += 1) {
      stopIfCancelled(watch)
      await profiled.run(feeds)
    }
    const each = (performance.now() - began) / warmUp
    const wanted = runs ?? runsFor(each, model.file.nodes.length)
    for (let run = 0; run < wanted; run += 1) {
      stopIfCancelled(watch)
      watch.tell(0.1 + (0.85 * run) / wanted, `Run ${run + 1} of ${wanted}`)
      await profiled.run(feeds)
    }
    watch.tell(0.96, 'Reading the profile')
    const macs = counts.nodes.macs
    return {
      name,
      sizes: counts.sizes,
      measuredAt: Date.now(),
      provider: 'cpu',
      threads: threads || defaultThreads(),
      runtime: runtimeName,
      ...readProfile(profiled.trace(), warmUp, { graph: model.graph, optimised, macs }),
    }
  } finally {
    await profiled.release()
  }
}

function runsFor(milliseconds: number, nodes: number): number {
  const inTime = Math.floor(usualMilliseconds / Math.max(0.1, milliseconds))
  const inMemory = Math.floor(mostEvents / Math.max(1, nodes))
  return Math.max(fewestRuns, Math.min(mostRuns, inTime, inMemory))
}

/** Null where the runtime's graph cannot be read back: names alone are compared then. */
function readOptimised(path: string): Graph | null {
  try {
    return buildGraph(readOnnxModel(path).model)
  } catch {
    return null
  }
}
