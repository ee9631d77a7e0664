import { env, InferenceSession, type Tensor as NativeTensor } from 'onnxruntime-node'
import type { Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import type { Tensor } from '../tensor/tensor'
import { checkFeeds, checkFetches } from './check-feeds'
import { defaultThreads } from './cpu-threads'
import { readGraphOutline } from './graph-outline'
import type { GraphSession, ValueInfo } from './graph-session'
import { translateNativeError, type GraphInHand } from './native-errors'
import { fromNative, readValueInfo, toNative } from './native-values'
import { madeWeights } from './requantised/made-weights'

export interface OpenGraphOptions {
  /** The graph's file. Weights beside it are found by onnxruntime and stay native memory. */
  readonly path: string
  readonly role: string
  readonly provider: Provider
  /** Threads on the CPU; 0 or absent is one a physical core. */
  readonly threads?: number
  /** Which GPU, where there are several. */
  readonly deviceId?: number
  /** Refuse a graph of which the CPU would have to run a part. */
  readonly wholly?: boolean
}

// Every failure arrives as an exception too; printed as well, it would only frighten whoever reads the log.
env.logLevel = 'fatal'

/** What onnxruntime is asked for in every session. */
export function sessionOptions({
  provider,
  threads,
  deviceId,
  wholly,
}: OpenGraphOptions): InferenceSession.SessionOptions {
  const device = deviceId === undefined ? {} : { deviceId }
  return {
    // One provider alone: onnxruntime drops what is missing from a longer list with a warning. Operations that the
    // provider does not have still run on the CPU.
    executionProviders: [{ name: provider, ...device }],
    intraOpNumThreads: threads || defaultThreads(),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // DirectML cannot work with memory patterns.
    enableMemPattern: provider !== 'dml',
    logSeverityLevel: 4,
    extra: {
      // Threads that wait for the next operation by spinning save a wake-up each time, but steal the core from whatever else
      // wants it. 20 microseconds bridge the gaps inside a run and harm nobody: a denoiser of 400 operations took 10.3 ms (12.4
      // without spinning, 10.2 with onnxruntime's own 1 ms) on an idle machine and 14.3 ms (14.3, 30) beside a busy program.
      session: {
        intra_op: { allow_spinning: '1', spin_duration_us: '20' },
        inter_op: { allow_spinning: '0' },
        force_spinning_stop: '1',
        disable_cpu_ep_fallback: wholly === true && provider !== 'cpu' ? '1' : '0',
      },
    },
  }
}

/**
 * Loads a graph from its file. Blocks this thread meanwhile.
 * @throws StudioError MODEL_BROKEN, MODEL_UNSUPPORTED, DEVICE_UNAVAILABLE, OUT_OF_MEMORY
 */
export async function openGraph(options: OpenGraphOptions): Promise<GraphSession> {
  // A missing or cut weights file is named here; onnxruntime would find it after reading gigabytes, and name a tensor.
  const outline = readGraphOutline(options.path)
  const { bytes } = outline
  let native: InferenceSession
  try {
    const externalData = await madeWeights(outline)
    native = await InferenceSession.create(options.path, {
      ...sessionOptions(options),
      ...(externalData === undefined ? {} : { externalData }),
    })
  } catch (error) {
    throw translateNativeError(error, options, 'load')
  }
  try {
    const { role } = options
    const inputs = native.inputMetadata.map((metadata) => readValueInfo(role, metadata))
    const outputs = native.outputMetadata.map((metadata) => readValueInfo(role, metadata))
    return new OrtGraphSession(native, options, bytes, inputs, outputs)
  } catch (error) {
    await native.release()
    throw error
  }
}

class OrtGraphSession implements GraphSession {
  readonly role: string
  readonly path: string
  readonly provider: Provider
  readonly bytes: number
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #graph: GraphInHand
  #native: InferenceSession | null
  #runMilliseconds = 0

  constructor(
    native: InferenceSession,
    { role, path, provider }: OpenGraphOptions,
    bytes: number,
    inputs: readonly ValueInfo[],
    outputs: readonly ValueInfo[],
  ) {
    this.#native = native
    this.#graph = { role, path, provider }
    this.role = role
    this.path = path
    this.provider = provider
    this.bytes = bytes
    this.inputs = inputs
    this.outputs = outputs
  }

  get runMilliseconds(): number {
    return this.#runMilliseconds
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>> {
    const native = this.#native
    if (native === null) throw new StudioError('INTERNAL', `The ${this.role} was run after it was released`)
    const wanted = fetches ?? this.outputs.map((output) => output.name)
    checkFeeds(this.role, this.inputs, feeds)
    checkFetches(this.role, this.outputs, wanted)
    const nativeFeeds: Record<string, NativeTensor> = {}
    for (const { name } of this.inputs) nativeFeeds[name] = toNative(feeds[name]!)
    const started = performance.now()
    try {
      const results = await native.run(nativeFeeds, wanted)
      const outputs: Record<string, Tensor> = {}
      for (const name of wanted) outputs[name] = fromNative(results[name]!)
      return outputs
    } catch (error) {
      throw translateNativeError(error, this.#graph, 'run')
    } finally {
      this.#runMilliseconds += performance.now() - started
    }
  }

  async release(): Promise<void> {
    const native = this.#native
    this.#native = null
    await native?.release()
  }
}
