// Which operations a graph really runs after onnxruntime's optimisation, and what each takes: its own profile of some runs.
import { InferenceSession } from 'onnxruntime-node'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor } from '../tensor/tensor'
import { translateNativeError } from './native-errors'
import { toNative } from './native-values'
import { sessionOptions, type OpenGraphOptions } from './open-graph'

/** One operation in one run. */
export interface NodeEvent {
  /** The operation's name after optimisation: fused and padded ones have names of their own. */
  readonly node: string
  /** Its kind after optimisation: "FusedConv", "DynamicQuantizeMatMul". */
  readonly operator: string
  /** "CPUExecutionProvider". */
  readonly provider: string
  readonly milliseconds: number
  /** Which run, from 0. */
  readonly run: number
}

export interface ProfileOptions extends OpenGraphOptions {
  readonly runs: number
  readonly fetches?: readonly string[]
  /** "basic" keeps more of the graph's own names; "all" is what runs in earnest. */
  readonly optimisation?: 'basic' | 'all'
}

interface TraceEvent {
  readonly cat?: string
  readonly name?: string
  readonly dur?: number
  readonly args?: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string }
}

/**
 * Loads a graph with profiling, runs it so often, and gives every operation of every run.
 * @throws StudioError as openGraph and GraphSession.run
 */
export async function profileGraph(
  options: ProfileOptions,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<NodeEvent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-profile-'))
  let native: InferenceSession | null = null
  try {
    native = await InferenceSession.create(options.path, {
      ...sessionOptions(options),
      graphOptimizationLevel: options.optimisation ?? 'all',
      enableProfiling: true,
      profileFilePrefix: join(folder, 'run'),
    })
    const nativeFeeds = Object.fromEntries(native.inputNames.map((name) => [name, toNative(feeds[name]!)]))
    const fetches = [...(options.fetches ?? native.outputNames)]
    for (let run = 0; run < options.runs; run++) await native.run(nativeFeeds, fetches)
    native.endProfiling()
    const [file] = readdirSync(folder)
    return file === undefined ? [] : nodeEvents(JSON.parse(readFileSync(join(folder, file), 'utf8')) as TraceEvent[])
  } catch (error) {
    throw translateNativeError(error, options, native === null ? 'load' : 'run')
  } finally {
    await native?.release()
    rmSync(folder, { recursive: true, force: true })
  }
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
        operator: args?.op_name ?? 'unknown',
        provider: args?.provider ?? 'unknown',
        milliseconds: dur / 1000,
        run,
      },
    ]
  })
}
