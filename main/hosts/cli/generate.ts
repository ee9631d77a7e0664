import type { Command } from 'commander'
import { copyFile, mkdir } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { StudioError } from '../../../contract/errors'
import { modelIdSchema, type AssetId } from '../../../contract/ids'
import { limits, type GenerateRequest, type ImageRecord } from '../../../contract/images'
import type { Job } from '../../../contract/jobs'
import { openStudio, type Studio } from '../studio'
import { exitCodeFor, exitCodes } from './exit-codes'
import { numberOption } from './number-option'
import { failureOf, printFailure, wantsColour } from './output'
import { ProgressLine } from './progress-line'
import { readFileOption } from './read-file'
import { sizeOption } from './size-option'

interface GenerateOptions {
  readonly model?: string
  readonly negative?: string
  readonly size?: string
  readonly steps?: string
  readonly guidance?: string
  readonly shift?: string
  readonly sampler?: string
  readonly seed?: string
  readonly count?: string
  readonly image?: string
  readonly strength?: string
  readonly mask?: string
  readonly output?: string
  readonly json?: boolean
}

async function upload(studio: Studio, option: string, path: string): Promise<AssetId> {
  const { assetId } = await studio.client.assets.upload({ file: await readFileOption(option, path) })
  return assetId
}

/** Fills what was not given from the model's own defaults. */
async function requestFrom(studio: Studio, prompt: string, options: GenerateOptions): Promise<GenerateRequest> {
  const models = (await studio.client.models.list()).filter((model) => model.family === 'sd3')
  const model = options.model === undefined ? models[0] : models.find(({ id }) => id === options.model)
  if (model?.image === undefined) {
    const known = models.map(({ id }) => id).join(', ')
    throw new StudioError('MODEL_NOT_FOUND', `There is no picture model ${options.model ?? 'at all'}`, {
      field: 'model',
      remedy: known === '' ? 'Add a model folder in the studio.' : `Use one of: ${known}.`,
    })
  }
  const { defaults } = model.image
  if (options.mask !== undefined && options.image === undefined) {
    throw new StudioError('INVALID_INPUT', '--mask needs --image', {
      field: 'mask',
      remedy: 'Give the picture that the mask belongs to.',
    })
  }
  const initImage =
    options.image === undefined
      ? undefined
      : {
          assetId: await upload(studio, 'image', options.image),
          strength: numberOption('strength', options.strength) ?? 0.6,
          ...(options.mask === undefined ? {} : { maskAssetId: await upload(studio, 'mask', options.mask) }),
        }
  return {
    modelId: modelIdSchema.parse(model.id),
    prompt,
    negativePrompt: options.negative ?? '',
    ...(sizeOption(options.size) ?? { width: defaults.width, height: defaults.height }),
    steps: numberOption('steps', options.steps) ?? defaults.steps,
    guidanceScale: numberOption('guidance', options.guidance) ?? defaults.guidanceScale,
    shift: numberOption('shift', options.shift) ?? defaults.shift,
    seed: numberOption('seed', options.seed) ?? Math.floor(Math.random() * 2 ** 32),
    count: numberOption('count', options.count) ?? 1,
    previewEvery: 0,
    ...(options.sampler === undefined ? {} : { sampler: options.sampler as 'euler' }),
    ...(initImage === undefined ? {} : { initImage }),
  }
}

/** Where picture number `index` of `count` goes: `out.png` for one, `out-1.png`, `out-2.png` and so on for several. */
export function outputPath(output: string, index: number, count: number): string {
  if (count === 1) return output
  const extension = extname(output)
  return join(dirname(output), `${basename(output, extension)}-${index + 1}${extension}`)
}

async function follow(studio: Studio, job: Job, options: GenerateOptions, line: ProgressLine): Promise<Job> {
  const say = (event: object): void => {
    if (options.json === true) process.stdout.write(`${JSON.stringify(event)}\n`)
  }
  for await (const event of await studio.client.jobs.watch()) {
    if (event.type === 'progress' && event.jobId === job.id) {
      line.show(event.progress)
      say({ event: 'progress', ...event.progress })
    }
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const current = jobs.find(({ id }) => id === job.id)
    if (current !== undefined && current.status !== 'queued' && current.status !== 'running') return current
  }
  return job
}

async function save(studio: Studio, image: ImageRecord, path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await copyFile(join(studio.folders.assets, image.assetId.slice(0, 2), image.assetId), path)
  } catch (cause) {
    throw new StudioError(
      'INVALID_INPUT',
      `The picture could not be written to ${path}`,
      {
        field: 'output',
        remedy: 'It is safe in the gallery. Choose a place that can be written to.',
        detail: String(cause),
      },
      { cause },
    )
  }
}

async function generate(prompt: string, options: GenerateOptions): Promise<number> {
  const studio = await openStudio({ jobs: 'ephemeral' })
  const line = new ProgressLine(process.stderr, wantsColour(process.stderr))
  let stop: (() => void) | undefined
  try {
    const request = await requestFrom(studio, prompt, options)
    const job = await studio.client.images.generate(request)
    stop = () => void studio.client.jobs.cancel({ jobId: job.id })
    process.on('SIGINT', stop).on('SIGTERM', stop)
    const ended = await follow(studio, job, options, line)
    line.clear()
    const output = resolve(
      options.output ??
        `${
          prompt
            .replace(/[^\p{L}\p{N}]+/gu, '-')
            .replace(/^-|-$/g, '')
            .slice(0, 60) || 'picture'
        }.png`,
    )
    for (const [index, imageId] of ended.imageIds.entries()) {
      const image = await studio.client.images.get({ imageId })
      const path = outputPath(output, index, ended.imageIds.length)
      await save(studio, image, path)
      const { seed, steps } = image.settings
      if (options.json === true) {
        const { width, height, partial, timings, assetId, modelHash, provider } = image
        process.stdout.write(
          `${JSON.stringify({ event: 'image', path, seed, steps, width, height, partial, timings, assetId, modelHash, provider })}\n`,
        )
      } else {
        const seconds = Object.values(image.timings).reduce((sum, part) => sum + part, 0) / 1000
        process.stdout.write(
          `${path}  seed ${seed}  ${seconds.toFixed(1)} s${image.partial ? `  stopped at step ${image.stepsDone} of ${image.stepsPlanned ?? image.settings.steps}` : ''}\n`,
        )
      }
    }
    if (options.json === true) {
      process.stdout.write(
        `${JSON.stringify({ event: 'done', status: ended.status, log: ended.log.map(({ text }) => text) })}\n`,
      )
    }
    if (ended.failure !== null) {
      printFailure(ended.failure, options.json === true)
      return exitCodeFor(ended.failure.code)
    }
    return ended.status === 'cancelled' ? exitCodes.cancelled : exitCodes.ok
  } catch (error) {
    line.clear()
    const failure = failureOf(error)
    printFailure(failure, options.json === true)
    return exitCodeFor(failure.code)
  } finally {
    if (stop !== undefined) process.off('SIGINT', stop).off('SIGTERM', stop)
    await studio.close()
  }
}

export function addGenerate(program: Command): void {
  program
    .command('generate')
    .description('draw pictures from a prompt')
    .argument('<prompt>', 'what to draw')
    .option('-m, --model <id>', 'picture model; the first one where not given')
    .option('-n, --negative <prompt>', 'what to keep away from')
    .option('--size <width>x<height>', `size in pixels, multiples of ${limits.sideMultiple}`)
    .option('--steps <number>', 'denoising steps')
    .option('--guidance <scale>', 'classifier-free guidance scale; 1 turns it off')
    .option('--shift <number>', 'timestep shift of the noise schedule')
    .option('--sampler <name>', 'euler or dpmpp-2m')
    .option('--seed <number>', 'whole number; random where not given')
    .option('-c, --count <number>', 'how many pictures, with seeds counting up')
    .option('--image <file>', 'picture to start from')
    .option('--strength <number>', 'how much of that picture is drawn anew, above 0 to 1', '0.6')
    .option('--mask <file>', 'grey picture: white is drawn anew, black is kept')
    .option('-o, --output <file>', 'where to write the PNG')
    .option('--json', 'print one JSON object a line: progress, images, errors')
    .action(async (prompt: string, options: GenerateOptions) => {
      process.exitCode = await generate(prompt, options)
    })
}
