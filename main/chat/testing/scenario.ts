// Runs of the official code (training/goldens/README.md, "BAGEL"), and the same turns in this engine with every graph run watched.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { samplingSchema } from '../../../contract/speculation'
import { Residency } from '../../runtime/residency'
import { readSafetensors } from '../../tensor/safetensors'
import type { Tensor } from '../../tensor/tensor'
import { ContextPool } from '../context-pool'
import { readBagelFolder, variantFor } from '../folder'
import { BagelGraphs } from '../graphs'
import type { NoiseSource } from '../noise-source'
import { runTurn } from '../run-turn'
import { TextTokenizer } from '../../text/text-tokenizer'
import type { ChatTurn, ChatTurnEvent, TurnPart } from '../turn'
import { joinParts, watchSessions, type SeenRun } from './watch-sessions'

const fixtures = path.resolve(import.meta.dirname, '../../../test-fixtures')
const folder = path.join(fixtures, 'goldens/bagel')

/** Graph files are opened once for all tests of a file. */
const sessions = new Residency()

export interface ScenarioRequest {
  readonly inputs: readonly ({ readonly text: string } | { readonly picture: number; readonly name: string })[]
  readonly mode: ChatTurn['mode']
  readonly think: boolean
  readonly maxTokens: number
  readonly width?: number
  readonly height?: number
}

interface ContextEnd {
  readonly length: number
  readonly rope: number
}

export interface Scenario {
  readonly name: string
  readonly request: ScenarioRequest
  readonly pictures: readonly {
    readonly size: readonly [number, number]
    readonly vaeSize: readonly [number, number]
    readonly latentPositionIds?: readonly number[]
    readonly vitSize: readonly [number, number]
    readonly vitPositionIds: readonly number[]
  }[]
  readonly contexts: { readonly full: ContextEnd; readonly noText?: ContextEnd; readonly noImage?: ContextEnd }
  readonly texts: readonly {
    readonly tokens: readonly number[]
    readonly endsByItself: boolean
    readonly text: string
  }[]
  readonly latentPositionIds?: readonly number[]
  readonly timesteps?: readonly number[]
  readonly pictureSize?: readonly [number, number]
  readonly tensors: ReadonlyMap<string, Tensor>
}

export const scenarioNames = readdirSync(folder)
  .filter((name) => /^(read|draw|edit).*\.json$/u.test(name))
  .map((name) => path.basename(name, '.json'))

export function readGoldenJson<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as T
}

export function readGoldenTensors(name: string): ReadonlyMap<string, Tensor> {
  return readSafetensors(readFileSync(path.join(folder, `${name}.safetensors`)))
}

export function readScenario(name: string): Scenario {
  return { ...readGoldenJson<Omit<Scenario, 'tensors'>>(name), tensors: readGoldenTensors(name) }
}

/** The turn of a scenario: its inputs are one message. */
export function turnOf({ request, pictures, tensors }: Scenario): ChatTurn {
  const parts = request.inputs.map((input): TurnPart => {
    if ('text' in input) return { type: 'text', text: input.text }
    const { shape, data } = tensors.get(`picture.${input.picture}.pixels`)!
    const [width, height] = pictures[input.picture]!.size
    const pixels = { width, height, channels: shape[2] as 3 | 4, data: data as Uint8Array }
    return { type: 'picture', id: `picture ${input.picture}`, width, height, pixels }
  })
  const { mode, think, maxTokens, width, height, ...drawing } = request
  const isEdit = mode === 'edit'
  // The official count of tokens includes the one that begins the text.
  const tokens = maxTokens - 1
  return {
    mode,
    system: '',
    messages: [{ id: 'message', role: 'user', parts }],
    history: true,
    thinking: think ? { kind: 'write', maxTokens: mode === 'read' ? tokens - 1 : tokens } : { kind: 'none' },
    maxTokens: think && mode === 'read' ? 1 : tokens,
    sampling: samplingSchema.parse({}),
    drawing:
      mode === 'read'
        ? null
        : {
            ...(drawing as unknown as NonNullable<ChatTurn['drawing']>),
            width: isEdit ? null : width!,
            height: isEdit ? null : height!,
          },
  }
}

/** The noise that the official code was given. */
export function recordedNoise({ tensors }: Scenario): NoiseSource {
  const values = (name: string): Float32Array => (tensors.get(name)!.data as Float32Array).slice()
  return {
    latents: () => values('noise'),
    posterior: (pictureId) => values(`${pictureId.replace(' ', '.')}.eps`),
  }
}

export interface Observed {
  readonly events: readonly ChatTurnEvent[]
  readonly runs: readonly SeenRun[]
}

export interface RunSeams {
  readonly precision?: string
  readonly pool?: ContextPool
  readonly isCancelled?: (runs: number) => boolean
  readonly previewEvery?: number
}

let loaded: Promise<{ folder: Awaited<ReturnType<typeof readBagelFolder>>; tokenizer: TextTokenizer }> | null = null

async function loadModel(): NonNullable<typeof loaded> {
  const model = path.join(fixtures, 'models/tiny-bagel')
  return { folder: await readBagelFolder(model), tokenizer: await TextTokenizer.load(model) }
}

export function tinyBagel(): NonNullable<typeof loaded> {
  return (loaded ??= loadModel())
}

/** Runs a turn on the tiny model; what it throws comes back too. */
export async function observe(
  turn: ChatTurn,
  noise: NoiseSource,
  seams: RunSeams = {},
): Promise<Observed & { readonly error: unknown }> {
  const { folder: model, tokenizer } = await tinyBagel()
  const runs: SeenRun[] = []
  const events: ChatTurnEvent[] = []
  const graphs = new BagelGraphs({
    modelId: 'tiny-bagel',
    folder: model,
    variant: variantFor(model, seams.precision),
    provider: 'cpu',
    threads: 1,
    sessions: watchSessions(sessions, runs),
    isCancelled: () => seams.isCancelled?.(runs.length) ?? false,
  })
  let error: unknown = null
  try {
    await runTurn(turn, {
      graphs,
      tokenizer,
      pool: seams.pool ?? new ContextPool(Number.POSITIVE_INFINITY),
      poolKey: 'tiny',
      noise,
      emit: (event) => events.push(event),
      previewEvery: seams.previewEvery ?? 0,
      phaseDone: async () => undefined,
    })
  } catch (thrown) {
    error = thrown
  }
  return { events, runs: joinParts(runs), error }
}
