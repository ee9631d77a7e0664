import type { Command } from 'commander'
import pc from 'picocolors'
import { StudioError } from '../../../contract/errors'
import type { Job, Progress } from '../../../contract/jobs'
import type { PrecisionRequest } from '../../../contract/precision'
import type { Comparison } from '../../../contract/precision-results'
import { openStudio, type Studio } from '../studio'
import { exitCodeFor, exitCodes } from './exit-codes'
import { failureOf, printFailure, wantsColour } from './output'
import { precisionRequest, type PrecisionCommandOptions } from './precision-options'
import { comparisonCsv, comparisonFacts, comparisonTable } from './precision-output'
import { ProgressLine } from './progress-line'

/** Runs one comparison to its end. The result is null where it was stopped before the reference was measured. */
async function compare(
  { client }: Pick<Studio, 'client'>,
  request: PrecisionRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<{ job: Job; comparison: Comparison | null }> {
  const asked = await client.precision.compare(request)
  const cancel = (): void => void client.jobs.cancel({ jobId: asked.id })
  signal.addEventListener('abort', cancel)
  try {
    if (signal.aborted) cancel()
    for await (const event of await client.jobs.watch()) {
      if (event.type === 'progress' && event.jobId === asked.id) onProgress(event.progress)
      const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
      const job = jobs.find(({ id }) => id === asked.id)
      if (job === undefined || job.status === 'queued' || job.status === 'running') continue
      const { comparisonId } = job
      return { job, comparison: comparisonId === null ? null : await client.precision.get({ comparisonId }) }
    }
    return { job: asked, comparison: null }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function print(comparison: Comparison, options: PrecisionCommandOptions): void {
  if (options.json === true) process.stdout.write(`${JSON.stringify(comparisonFacts(comparison))}\n`)
  else if (options.csv === true) process.stdout.write(comparisonCsv(comparison))
  else process.stdout.write(`${comparisonTable(comparison, pc.createColors(wantsColour(process.stdout)))}\n`)
}

/** Waits, so that one command measures alone, and prints what was found. Gives the exit code. */
async function precision(modelId: string, options: PrecisionCommandOptions): Promise<number> {
  const studio = await openStudio({ jobs: 'ephemeral' })
  const line = new ProgressLine(process.stderr, wantsColour(process.stderr))
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    const request = await precisionRequest(studio, modelId, options)
    const { job, comparison } = await compare(studio, request, {
      signal: stopping.signal,
      onProgress: (progress) => line.show(progress),
    })
    line.clear()
    if (comparison !== null) print(comparison, options)
    if (comparison !== null && options.save !== undefined) await save(studio, comparison, options.save)
    if (job.failure !== null) {
      printFailure(job.failure, false)
      return exitCodeFor(job.failure.code)
    }
    return job.status === 'cancelled' ? exitCodes.cancelled : exitCodes.ok
  } catch (error) {
    line.clear()
    const failure = failureOf(error)
    // Standard output holds the result alone, so a fault goes to the other stream in every case.
    printFailure(failure, false)
    return exitCodeFor(failure.code)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await studio.close()
  }
}

/** Keeps the last column, which is the mix where one was searched, as a precision of the model. */
async function save({ client }: Pick<Studio, 'client'>, comparison: Comparison, name: string): Promise<void> {
  const last = comparison.columns.filter(({ failure }) => failure === null).at(-1)
  if (last === undefined || comparison.columns.length < 2) {
    throw new StudioError('INVALID_INPUT', 'There is no column to save', {
      field: 'save',
      remedy: 'Name one with --columns.',
    })
  }
  const { modelId } = comparison.settings
  const variant = await client.precision.save({ modelId, recipe: last.recipe, roles: comparison.roles, name })
  process.stderr.write(`Saved ${last.label} as "${variant.name}" of ${variant.listedAs}.\n`)
}

export function addPrecision(program: Command): void {
  program
    .command('precision')
    .description('run one model at several precisions side by side: size, time, memory, error')
    .argument('<model>', 'id of a model')
    .option(
      '-c, --columns <names>',
      'precisions, with commas between: fp16, bf16, int8, int4, fp8, own, ...',
      'fp16,int8',
    )
    .option('--prompt <text>', 'what to draw or to answer')
    .option('--read', 'of a model that converses: an answer about a picture, instead of a drawing')
    .option('--picture <file>', 'with --read, or instead of it: what the prompt asks about; a bundled one where absent')
    .option('--raw', 'continue the prompt as it stands, without the chat template')
    .option('--role <graph>', 'compare one graph of the model on seeded inputs')
    .option('--pictures <path>', 'of a detector: a picture, or a folder of them; bundled ones where absent')
    .option('--truth <file>', 'labels of the pictures in COCO form: mean average precision is then measured')
    .option('--calibrate <path>', 'other pictures, on which int8-static finds its ranges; bundled ones where absent')
    .option('--threshold <score>', "of a detector: boxes below are not matched; the model's own where absent")
    .option('--dimensions <sizes>', 'with --role: sizes of its free dimensions, such as height=16,width=16')
    .option('--seed <number>', 'whole number', '0')
    .option('--size <pixels>', 'of the picture: 128 or 128x192')
    .option('--steps <number>', 'of the picture')
    .option('--max-tokens <number>', 'most tokens to write')
    .option('--runs <number>', 'how often each column runs for its time')
    .option('--block <size>', 'weights that share a scale in int4: 16, 32, 64 or 128')
    .option('--asymmetric', 'int4 with zero points')
    .option('--convert <roles>', 'which of the graphs to convert, with commas between')
    .option('--no-layers', 'leave out the errors layer by layer')
    .option(
      '--target <decibels>',
      'search a mix: the last precision of --columns, with layers raised until this is met',
    )
    .option('--save <name>', 'keep the last column as a precision of the model')
    .option('--json', 'print one JSON object')
    .option('--csv', 'print comma-separated values')
    .action(async (model: string, options: PrecisionCommandOptions) => {
      process.exitCode = await precision(model, options)
    })
}
