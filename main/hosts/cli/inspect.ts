import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import pc from 'picocolors'
import { StudioError } from '../../../contract/errors'
import { modelIdSchema } from '../../../contract/ids'
import type { Inspection, InspectionSource } from '../../../contract/inspection'
import type { DimensionSizes } from '../../../contract/inspection-counts'
import type { MeasureRequestInput } from '../../../contract/inspection-measures'
import { inspectionRows, toCsv } from '../../../contract/inspection-table'
import type { Job } from '../../../contract/jobs'
import { openStudio, type Studio } from '../studio'
import { exitCodeFor, exitCodes } from './exit-codes'
import { blocksText, differenceText, inspectionText } from './inspect-output'
import { failureOf, printFailure, wantsColour } from './output'
import { ProgressLine } from './progress-line'

interface InspectOptions {
  readonly graph?: string
  readonly dims: DimensionSizes
  readonly profile?: boolean
  readonly runs?: number
  readonly threads?: number
  readonly factorise?: string
  readonly diff?: string
  readonly csv?: boolean
  readonly json?: boolean
}

/** A file where there is one of that name, and a model of the library otherwise. */
function sourceOf(model: string, graph: string | undefined): InspectionSource {
  if (existsSync(model) || /\.(onnx|safetensors|gguf)$/i.test(model)) return { kind: 'path', path: resolve(model) }
  return { kind: 'model', modelId: modelIdSchema.parse(model), ...(graph === undefined ? {} : { graph }) }
}

/** Of a model with several graphs all of them, unless one is asked for. */
async function sources({ client }: Studio, model: string, graph: string | undefined): Promise<InspectionSource[]> {
  const source = sourceOf(model, graph)
  if (source.kind !== 'model' || graph !== undefined) return [source]
  const graphs = await client.inspection.graphs({ modelId: source.modelId })
  return graphs.map(({ name }) => ({ ...source, graph: name }))
}

async function measured(
  studio: Studio,
  request: MeasureRequestInput,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  const { client } = studio
  const asked = await client.inspection.measure(request)
  const cancel = (): void => void client.jobs.cancel({ jobId: asked.id })
  signal.addEventListener('abort', cancel)
  let job: Job = asked
  for await (const event of await client.jobs.watch()) {
    if (event.type === 'progress' && event.jobId === asked.id) line.show(event.progress)
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    job = jobs.find(({ id }) => id === asked.id) ?? job
    if (job.status !== 'queued' && job.status !== 'running') break
  }
  signal.removeEventListener('abort', cancel)
  line.clear()
  if (job.failure !== null) throw new StudioError(job.failure.code, job.failure.message, job.failure)
  if (job.status === 'cancelled') throw new StudioError('CANCELLED', 'The measurement was cancelled')
}

class Inspecting {
  readonly #studio: Studio
  readonly #options: InspectOptions
  readonly #line = new ProgressLine(process.stderr, wantsColour(process.stderr))
  readonly #colours = pc.createColors(wantsColour(process.stdout))
  readonly #stopping: AbortSignal

  constructor(studio: Studio, options: InspectOptions, stopping: AbortSignal) {
    this.#studio = studio
    this.#options = options
    this.#stopping = stopping
  }

  async difference(model: string, other: string): Promise<void> {
    const { client } = this.#studio
    const before = await client.inspection.open({ source: sourceOf(model, this.#options.graph) })
    const after = await client.inspection.open({ source: sourceOf(other, this.#options.graph) })
    const difference = await client.inspection.difference({ before: before.id, after: after.id })
    this.#print(this.#options.json === true ? JSON.stringify(difference) : differenceText(before, after, difference))
  }

  async factorise(source: InspectionSource, node: string): Promise<void> {
    const { client } = this.#studio
    const inspection = await client.inspection.open({ source })
    const index = nodeNamed(inspection, node)
    const { convolution } = await client.inspection.node({
      inspectionId: inspection.id,
      node: index,
      sizes: this.#options.dims,
    })
    if (convolution === null) {
      throw new StudioError('INVALID_INPUT', `${node} is no square convolution of known size`, {
        field: 'factorise',
        remedy: 'Choose a Conv node, and give sizes with --dims where some are free.',
      })
    }
    const threads = this.#options.threads ?? 1
    await measured(this.#studio, { measure: 'blocks', convolution, threads }, this.#line, this.#stopping)
    const blocks = await client.inspection.measuredBlocks({ convolution, threads })
    if (blocks !== null)
      this.#print(this.#options.json === true ? JSON.stringify(blocks) : blocksText(blocks, this.#colours))
  }

  async inspect(source: InspectionSource): Promise<void> {
    const { client } = this.#studio
    const { dims, runs, threads, csv, json } = this.#options
    const inspection = await client.inspection.open({ source })
    if (this.#options.profile === true && inspection.format === 'onnx') {
      const request = {
        measure: 'profile',
        source,
        sizes: dims,
        ...(runs === undefined ? {} : { runs }),
        ...(threads === undefined ? {} : { threads }),
      } as const
      await measured(this.#studio, request, this.#line, this.#stopping)
    }
    const counts = await client.inspection.count({ inspectionId: inspection.id, sizes: dims })
    const profile = this.#options.profile === true ? await client.inspection.profile({ source }) : null
    if (csv === true) process.stdout.write(toCsv(inspectionRows(inspection, counts, profile)))
    else if (json === true) this.#print(JSON.stringify({ inspection, counts, profile }))
    else this.#print(`${inspectionText(inspection, counts, profile, this.#colours)}\n`)
  }

  #print(text: string): void {
    process.stdout.write(`${text}\n`)
  }
}

/** By name, or by its number in the list. */
function nodeNamed({ nodes, tensors }: Inspection, name: string): number {
  const index = nodes.findIndex(
    (node) => node.name === name || node.outputs.some((output) => output >= 0 && tensors[output]?.name === name),
  )
  if (index >= 0) return index
  if (/^\d+$/.test(name) && Number(name) < nodes.length) return Number(name)
  const near = nodes
    .filter(({ op }) => op.includes('Conv'))
    .slice(0, 5)
    .map((node) => node.name)
  throw new StudioError('INVALID_INPUT', `There is no node "${name}"`, {
    field: 'factorise',
    ...(near.length === 0 ? {} : { remedy: `Some convolutions: ${near.join(', ')}.` }),
  })
}

async function inspect(model: string, options: InspectOptions): Promise<number> {
  const studio = await openStudio({ jobs: 'ephemeral' })
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    const inspecting = new Inspecting(studio, options, stopping.signal)
    if (options.diff !== undefined) await inspecting.difference(model, options.diff)
    else if (options.factorise !== undefined)
      await inspecting.factorise(sourceOf(model, options.graph), options.factorise)
    else for (const source of await sources(studio, model, options.graph)) await inspecting.inspect(source)
    return exitCodes.ok
  } catch (error) {
    const failure = failureOf(error)
    // Standard output holds the result alone, so a fault goes to the other stream in every case.
    printFailure(failure, false)
    return exitCodeFor(failure.code)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await studio.close()
  }
}

/** `batch=1,height=224`; may be given again. */
function dims(value: string, earlier: DimensionSizes): DimensionSizes {
  const entries = value.split(',').map((pair) => {
    const at = pair.lastIndexOf('=')
    const size = Number(pair.slice(at + 1))
    if (at < 1 || !Number.isInteger(size) || size < 0)
      throw new InvalidArgumentError('Sizes look like batch=1,height=224.')
    return [pair.slice(0, at).trim(), size] as const
  })
  return { ...earlier, ...Object.fromEntries(entries) }
}

function whole(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('This is a whole number.')
  return number
}

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('what a model costs: parameters, multiply-adds (MACs), bytes and measured time, by node and part')
    .argument('<model>', 'an .onnx, .safetensors or .gguf file, or a model of the library')
    .option('-g, --graph <role>', 'one graph of a library model, such as transformer; all of them where not given')
    .option('-d, --dims <sizes>', 'sizes of free dimensions, such as batch=1,height=224', dims, {})
    .option('--profile', 'run it here and measure every node')
    .option('--runs <number>', 'with --profile: runs that count', whole)
    .option('--threads <number>', 'CPU threads to measure with; 0 is one a physical core', whole)
    .option('--factorise <node>', 'measure the forms that a convolution could take, by the node’s name or number')
    .option('--diff <model>', 'show how another model differs from this one')
    .option('--csv', 'print a row for each node')
    .option('--json', 'print JSON')
    .action(async (model: string, options: InspectOptions) => {
      process.exitCode = await inspect(model, options)
    })
}
