// Which operations a graph really runs after onnxruntime's optimisation, and what each takes: its own profile of some runs.
import { env, InferenceSession } from 'onnxruntime-node'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor } from '../tensor/tensor'
import { readGraphOutline } from './graph-outline'
import { translateNativeError } from './native-errors'
import { toNative } from './native-values'
import { sessionOptions, type OpenGraphOptions } from './open-graph'
import { madeWeights } from './requantised/made-weights'

/** What measured, such as `onnxruntime 1.30.0`. */
export const runtimeName = `onnxruntime ${env.versions.node ?? env.versions.common}`

/** One operation in one run. */
export interface NodeEvent {
  /** The operation's name after optimisation: fused and padded ones have names of their own. */
  readonly node: string
  /** Its number in the optimised graph. */
  readonly index: number
  /** Its kind after optimisation: "FusedConv", "DynamicQuantizeMatMul". */
  readonly operator: string
  /** "CPUExecutionProvider". */
  readonly provider: string
  readonly milliseconds: number
  /** Which run, from 0. */
  readonly run: number
}

export interface ProfiledGraphOptions extends OpenGraphOptions {
  /** "basic" keeps more of the graph's own names; "all" is what runs in earnest. */
  readonly optimisation?: 'basic' | 'all'
  /** Whether the graph that really runs is written down as well: `ProfiledGraph.optimisedPath`. */
  readonly keepOptimised?: boolean
}

export interface ProfileOptions extends ProfiledGraphOptions {
  readonly runs: number
  readonly fetches?: readonly string[]
}

/** What a number of runs took. */
export interface GraphTrace {
  readonly events: readonly NodeEvent[]
  /** Milliseconds of each run, from handing it to the runtime's core to its end. */
  readonly runs: readonly number[]
}

interface TraceEvent {
  readonly cat?: string
  readonly name?: string
  readonly dur?: number
  readonly args?: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string }
}

/** A graph that is loaded to be measured: run as often as wanted, then read once. Released by whoever opened it. */
export class ProfiledGraph {
  /** The optimised graph's file, weights beside it; gone after the release. Null where it was not asked for. */
  readonly optimisedPath: string | null
  readonly #options: ProfiledGraphOptions
  readonly #folder: string
  readonly #native: InferenceSession

  private constructor(options: ProfiledGraphOptions, folder: string, native: InferenceSession) {
    this.#options = options
    this.#folder = folder
    this.#native = native
    this.optimisedPath = options.keepOptimised === true ? join(folder, optimisedFile) : null
  }

  /** @throws StudioError as openGraph */
  static async open(options: ProfiledGraphOptions): Promise<ProfiledGraph> {
    const folder = mkdtempSync(join(tmpdir(), 'atelier-profile-'))
    try {
      const shared = sessionOptions(options)
      const keep = options.keepOptimised === true
      const externalData = await madeWeights(readGraphOutline(options.path))
      const native = await InferenceSession.create(options.path, {
        ...shared,
        ...(externalData === undefined ? {} : { externalData }),
        graphOptimizationLevel: options.optimisation ?? 'all',
        enableProfiling: true,
        profileFilePrefix: join(folder, profilePrefix),
        ...(keep
          ? { optimizedModelFilePath: join(folder, optimisedFile), extra: withExternalWeights(shared.extra) }
          : {}),
      })
      return new ProfiledGraph(options, folder, native)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw translateNativeError(error, options, 'load')
    }
  }

  /** @throws StudioError as GraphSession.run */
  async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<void> {
    const native = this.#native
    try {
      const nativeFeeds = Object.fromEntries(native.inputNames.map((name) => [name, toNative(feeds[name]!)]))
      await native.run(nativeFeeds, [...(fetches ?? native.outputNames)])
    } catch (error) {
      throw translateNativeError(error, this.#options, 'run')
    }
  }

  /** Ends the measurement. To be called once, after the last run. */
  trace(): GraphTrace {
    this.#native.endProfiling()
    const file = readdirSync(this.#folder).find((name) => name.startsWith(profilePrefix) && name.endsWith('.json'))
    if (file === undefined) return { events: [], runs: [] }
    const trace = JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as TraceEvent[]
    return { events: nodeEvents(trace), runs: runTimes(trace) }
  }

  async release(): Promise<void> {
    await this.#native.release()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const profilePrefix = 'run'
const optimisedFile = 'optimised.onnx'

/** Weights of the optimised graph go beside it: a graph with all of them inside could be too large to write. */
function withExternalWeights(extra: Record<string, unknown> | undefined): Record<string, unknown> {
  const session = (extra?.['session'] ?? {}) as Record<string, unknown>
  return { ...extra, session: { ...session, optimized_model_external_initializers_file_name: 'optimised.data' } }
}

/**
 * Loads a graph with profiling, runs it so often, and gives every operation of every run.
 * @throws StudioError as openGraph and GraphSession.run
 */
export async function profileGraph(
  options: ProfileOptions,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<readonly NodeEvent[]> {
  const graph = await ProfiledGraph.open(options)
  try {
    for (let run = 0; run < options.runs; run += 1) await graph.run(feeds, options.fetches)
    return graph.trace().events
  } finally {
    await graph.release()
  }
}

/** Milliseconds of each run as a whole. */
export function runTimes(trace: readonly TraceEvent[]): number[] {
  return trace.flatMap(({ cat, name, dur = 0 }) => (cat === 'Session' && name === 'model_run' ? [dur / 1000] : []))
}

const suffix = '_kernel_time'

/** The operations in a trace; the runs are told apart by how often each operation has come. */
export function nodeEvents(trace: readonly TraceEvent[]): NodeEvent[] {
  const times = new Map<string, number>()
  return trace.flatMap(({ cat, name = '', dur = 0, args }) => {
    if (cat !== 'Node' || !name.endsWith(suffix)) return []
    const node = name.slice(0, -suffix.length)
    const key = `${args?.node_index ?? ''} ${node}`
    const run = times.get(key) ?? 0
    times.set(key, run + 1)
    return [
      {
        node,
        index: Number(args?.node_index ?? -1),
        operator: args?.op_name ?? 'unknown',
        provider: args?.provider ?? 'unknown',
        milliseconds: dur / 1000,
        run,
      },
    ]
  })
}
