import type { Candidates, DetectionLayers } from '../../contract/detection'
import type { Provider } from '../../contract/devices'
import { defaultThreads } from '../runtime/cpu-threads'
import type { TaskContext } from '../runtime/serve-tasks'
import type { DetectorSpec, ThunderNetSpec } from './detector-spec'
import type { DetectorGraphs } from './folder'
import { layersOf } from './layers'
import type { PreparedPicture } from './picture-input'
import { runNetwork } from './run-network'
import { runStages } from './thundernet/run-stages'

/** What the worker needs to look at one picture: plain data that can be cloned into its thread. */
export interface DetectTaskInput {
  readonly modelId: string
  readonly graphs: DetectorGraphs
  readonly spec: DetectorSpec
  readonly picture: PreparedPicture
  readonly provider: Provider
  /** 0 is one a physical core. */
  readonly threads: number
}

export interface DetectTaskOutput {
  readonly candidates: Candidates
  /** Milliseconds. */
  readonly network: number
  readonly finish: number
  readonly threads: number
}

/** Runs a detector over one picture inside the inference worker. */
export async function runDetectTask(input: DetectTaskInput, context: TaskContext<never>): Promise<DetectTaskOutput> {
  const { modelId, graphs, provider, threads } = input
  const session = await context.sessions.open({ modelId, role: 'detect', path: graphs.detect, provider, threads })
  const { candidates, network, finish } = await runNetwork(session, input.spec, input.picture)
  return { candidates, network, finish, threads: threads || defaultThreads() }
}

export interface LayersTaskInput extends Pick<DetectTaskInput, 'modelId' | 'picture' | 'provider' | 'threads'> {
  readonly stages: NonNullable<DetectorGraphs['stages']>
  readonly spec: ThunderNetSpec
  /** Proposals that are shown and go on to the second stage. */
  readonly proposals: number
}

/** What lies between a detector's two stages, without the picture's own decoding and resizing. */
export type LayersTaskOutput = Omit<DetectionLayers, 'timings'> & {
  readonly timings: Pick<DetectionLayers['timings'], 'network' | 'stages' | 'finish'>
}

/** Runs ThunderNet in its two stages inside the inference worker. */
export async function runLayersTask(input: LayersTaskInput, context: TaskContext<never>): Promise<LayersTaskOutput> {
  const { modelId, stages, provider, threads, spec } = input
  const open = (role: 'rpn' | 'head') => context.sessions.open({ modelId, role, path: stages[role], provider, threads })
  const sessions = { rpn: await open('rpn'), head: await open('head') }
  const result = await runStages(sessions, spec, input.picture, input.proposals)
  return layersOf(result, spec, input.picture.toPicture)
}
