// The engine with its surroundings in small: graphs are opened once and kept, events are collected.

import { afterAll } from 'vitest'
import { assetIdSchema, modelIdSchema } from '../../../contract/ids'
import { generateRequestSchema, type GenerateRequest, type GenerateSettings } from '../../../contract/images'
import type { GraphSession } from '../../runtime/graph-session'
import { openGraph } from '../../runtime/open-graph'
import type { Tensor } from '../../tensor/tensor'
import { readSd3Folder, type Sd3Folder } from '../folder'
import { generateImages, type ImageEvent, type ImageInputs, type ImageOptions, type ImageRun } from '../generate'
import { fixtureModel } from './goldens'

const opened = new Map<string, Promise<GraphSession>>()

/** Opens a graph on the CPU with one thread, once for all tests of a file. */
export function openOnce(path: string, role: string): Promise<GraphSession> {
  const key = `${role} ${path}`
  const known = opened.get(key) ?? openGraph({ path, role, provider: 'cpu', threads: 1 })
  opened.set(key, known)
  return known
}

/** To be called once in a test file that opens graphs. */
export function releaseAfterTests(): void {
  afterAll(async () => {
    for (const session of opened.values()) await (await session).release()
    opened.clear()
  })
}

/** A tiny model, with as many T5 tokens as a test wants. */
export async function tinyModel(name: string, t5Length = 32): Promise<Sd3Folder> {
  const folder = await readSd3Folder(fixtureModel(name))
  const encoders = folder.encoders.map((encoder) =>
    encoder.name === 'T5' ? { ...encoder, maxTokens: t5Length } : encoder,
  )
  return { ...folder, t5Length, encoders }
}

/** One run of a graph as it was seen from outside. */
export interface SeenRun {
  readonly role: string
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly outputs: Readonly<Record<string, Tensor>>
}

export interface TestRun extends ImageRun {
  readonly events: ImageEvent[]
  readonly runs: SeenRun[]
  readonly released: string[]
}

export interface TestRunOptions {
  /** Asked before each graph run. */
  readonly isCancelled?: (runs: number) => boolean
  /** What a graph's outputs are changed to. */
  readonly change?: (role: string, outputs: Record<string, Tensor>) => Record<string, Tensor>
}

export function testRun(folder: Sd3Folder, options: TestRunOptions = {}): TestRun {
  const events: ImageEvent[] = []
  const runs: SeenRun[] = []
  const released: string[] = []
  return {
    events,
    runs,
    released,
    open: async (role) => watch(await openOnce(folder.graphs[role]!, role), runs, options),
    stageDone: async (roles) => {
      released.push(...roles)
    },
    emit: (event) => events.push(event),
    isCancelled: () => options.isCancelled?.(runs.length) ?? false,
    now: () => performance.now(),
  }
}

function watch(session: GraphSession, runs: SeenRun[], options: TestRunOptions): GraphSession {
  return {
    ...pick(session),
    run: async (feeds, fetches) => {
      const raw = await session.run(feeds, fetches)
      const outputs = options.change?.(session.role, raw) ?? raw
      // Feeds are buffers that the next step fills anew: what was seen has to be copied.
      runs.push({ role: session.role, feeds: copy(feeds), outputs: copy(outputs) })
      return outputs
    },
    release: () => session.release(),
  }
}

function pick({
  role,
  path,
  provider,
  bytes,
  inputs,
  outputs,
  runMilliseconds,
}: GraphSession): Omit<GraphSession, 'run' | 'release'> {
  return { role, path, provider, bytes, inputs, outputs, runMilliseconds }
}

function copy(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
  )
}

export const anyAsset = assetIdSchema.parse('0'.repeat(64))

/** Settings that are quick to run, with some of them changed. */
export function settingsFor(change: Partial<GenerateRequest> = {}): GenerateSettings {
  return generateRequestSchema.parse({
    modelId: modelIdSchema.parse('tiny'),
    prompt: 'a red apple on a wooden table',
    negativePrompt: 'blurry',
    width: 64,
    height: 64,
    steps: 4,
    guidanceScale: 4,
    shift: 3,
    seed: 5,
    previewEvery: 0,
    ...change,
  })
}

/** Runs the engine and gives what it emitted. */
export async function draw(
  folder: Sd3Folder,
  settings: GenerateSettings,
  inputs: ImageInputs = {},
  options: ImageOptions = {},
  runOptions: TestRunOptions = {},
): Promise<TestRun> {
  const run = testRun(folder, runOptions)
  await generateImages(folder, settings, inputs, run, options)
  return run
}

/** The finished pictures of a run, in order. */
export function picturesOf(run: TestRun): (ImageEvent & { type: 'image' })[] {
  return run.events.filter((event) => event.type === 'image')
}
