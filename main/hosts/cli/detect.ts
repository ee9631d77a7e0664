import type { Command } from 'commander'
import { resolve } from 'node:path'
import pc from 'picocolors'
import {
  filterSchema,
  type DetectedBox,
  type DetectionFilter,
  type DetectionResult,
  type DetectorFacts,
} from '../../../contract/detection'
import { defaultFilter, filterCandidates } from '../../../contract/detection-boxes'
import type { ExportPicture } from '../../../contract/detection-exports'
import { StudioError } from '../../../contract/errors'
import { openStudio, type Studio } from '../studio'
import {
  checkFree,
  exportFiles,
  exportFormats,
  isOneText,
  oneText,
  writeExport,
  type ExportFormat,
} from './detect-files'
import { askedPictures, detectorModel, lookAtPictures, type Looked } from './detect-pictures'
import { exitCodeFor, exitCodes } from './exit-codes'
import { numberOption } from './number-option'
import { failureOf, printFailure, wantsColour } from './output'
import { ProgressLine } from './progress-line'

interface DetectOptions {
  readonly model?: string
  readonly precision?: string
  readonly score?: string
  readonly overlap?: string
  readonly format?: string
  readonly output?: string
  readonly json?: boolean
}

/** @throws StudioError INVALID_INPUT */
function filterFrom(facts: DetectorFacts, options: DetectOptions): DetectionFilter {
  const standard = defaultFilter(facts)
  const score = numberOption('score', options.score) ?? standard.score
  const overlap = numberOption('overlap', options.overlap) ?? standard.overlap
  const parsed = filterSchema.safeParse({ ...standard, score, overlap })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new StudioError('INVALID_INPUT', issue?.message ?? 'The filter cannot be used', {
    field: String(issue?.path[0] ?? 'score'),
  })
}

/** @throws StudioError INVALID_INPUT */
function formatFrom({ format, output }: DetectOptions): ExportFormat | null {
  if (format === undefined) return output === undefined ? null : 'coco'
  const known = exportFormats.find((one) => one === format)
  if (known === undefined) {
    throw new StudioError('INVALID_INPUT', `There is no format "${format}"`, {
      field: 'format',
      remedy: `Use one of: ${exportFormats.join(', ')}.`,
    })
  }
  if (output !== undefined || isOneText(known)) return known
  throw new StudioError('INVALID_INPUT', `${known} is a file for each picture`, {
    field: 'output',
    remedy: 'Say where they go with -o FOLDER.',
  })
}

/** What was found in one picture, for people. */
function picturePart(
  name: string,
  result: DetectionResult,
  boxes: readonly DetectedBox[],
  facts: DetectorFacts,
): string {
  const colours = pc.createColors(wantsColour(process.stdout))
  const names = new Map(facts.classes.map((one) => [one.id, one.name]))
  const { decode, prepare, network, finish } = result.timings
  const spent = (decode + prepare + network + finish).toFixed(0)
  const notes = result.notes.length === 0 ? '' : `  (${result.notes.join(', ')})`
  const head = `${colours.bold(name)}  ${result.width} × ${result.height}  ${boxes.length} found  ${spent} ms${notes}\n`
  const wide = Math.max(8, ...boxes.map(({ classId }) => (names.get(classId) ?? '').length))
  const rows = boxes.map(({ box, classId, score }) => {
    const corners = box.map((side) => side.toFixed(0).padStart(6)).join('')
    return `  ${(names.get(classId) ?? `class ${classId}`).padEnd(wide)}  ${score.toFixed(3)} ${corners}\n`
  })
  return head + rows.join('')
}

class DetectRun {
  failed = 0
  readonly kept: ExportPicture[] = []
  readonly #options: DetectOptions
  readonly #facts: DetectorFacts
  readonly #filter: DetectionFilter
  readonly #format: ExportFormat | null

  constructor(facts: DetectorFacts, options: DetectOptions) {
    this.#facts = facts
    this.#options = options
    this.#filter = filterFrom(facts, options)
    this.#format = formatFrom(options)
  }

  /** Shows what came of one picture. */
  take(looked: Looked): void {
    const { path, name } = looked.picture
    const isJson = this.#options.json === true
    if ('failure' in looked) {
      this.failed += 1
      if (isJson) process.stdout.write(`${JSON.stringify({ event: 'error', file: path, ...looked.failure })}\n`)
      else printFailure({ ...looked.failure, message: `${path}: ${looked.failure.message}` }, false)
      return
    }
    const { result } = looked
    const boxes = filterCandidates(result.candidates, this.#filter)
    const { width, height, timings, notes, provider, precision } = result
    if (this.#format !== null) this.kept.push({ name, width, height, boxes })
    if (isJson) {
      const found = boxes.map(({ box, classId, score }) => {
        return { class: this.#facts.classes.find(({ id }) => id === classId)?.name ?? null, classId, score, box }
      })
      const said = { event: 'picture', file: path, width, height, boxes: found, timings, notes, provider, precision }
      process.stdout.write(`${JSON.stringify(said)}\n`)
    } else if (this.#format === null) process.stdout.write(picturePart(path, result, boxes, this.#facts))
  }

  checkOutput(names: readonly string[]): void {
    const { output } = this.#options
    if (output !== undefined && this.#format !== null) checkFree(resolve(output), exportFiles(this.#format, names))
  }

  async export(): Promise<void> {
    const { output } = this.#options
    if (this.#format === null) return
    if (output !== undefined) {
      const count = await writeExport(resolve(output), this.#format, this.kept, this.#facts.classes)
      process.stderr.write(`${count} ${count === 1 ? 'file' : 'files'} written to ${output}\n`)
    } else if (isOneText(this.#format) && this.#options.json !== true) {
      process.stdout.write(oneText(this.#format, this.kept, this.#facts.classes))
    }
  }
}

async function run(
  studio: Studio,
  paths: readonly string[],
  options: DetectOptions,
  signal: AbortSignal,
): Promise<number> {
  const line = new ProgressLine(process.stderr, wantsColour(process.stderr))
  const model = await detectorModel(studio, options.model)
  if (model.state.kind === 'broken' || model.detector === undefined) {
    const state = model.state.kind === 'broken' ? model.state : null
    throw new StudioError('MODEL_BROKEN', state?.message ?? `${model.id} cannot be used`, {
      field: 'model',
      ...(state === null ? {} : { remedy: state.remedy }),
    })
  }
  const detect = new DetectRun(model.detector, options)
  const pictures = await askedPictures(paths)
  detect.checkOutput(pictures.map(({ name }) => name))
  const asked = { model, precision: options.precision, pictures }
  let done = 0
  for await (const looked of lookAtPictures(studio, asked, { signal, onProgress: (progress) => line.show(progress) })) {
    line.clear()
    detect.take(looked)
    done += 1
  }
  line.clear()
  await detect.export()
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ event: 'done', pictures: done, failed: detect.failed })}\n`)
  } else if (pictures.length > 1) {
    process.stderr.write(
      `${done} of ${pictures.length} pictures${detect.failed === 0 ? '' : `, ${detect.failed} failed`}\n`,
    )
  }
  if (signal.aborted) return exitCodes.cancelled
  return detect.failed === 0 ? exitCodes.ok : exitCodes.failed
}

async function detect(paths: readonly string[], options: DetectOptions): Promise<number> {
  const studio = await openStudio({ jobs: 'ephemeral' })
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    return await run(studio, paths, options, stopping.signal)
  } catch (error) {
    const failure = failureOf(error)
    printFailure(failure, options.json === true)
    return exitCodeFor(failure.code)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await studio.close()
  }
}

export function addDetect(program: Command): void {
  program
    .command('detect')
    .description('find things in pictures')
    .argument('<files...>', 'pictures, and folders of pictures')
    .option('-m, --model <id>', 'detector; the first one where not given')
    .option('-p, --precision <name>', 'one of the model’s variants')
    .option('--score <number>', 'least score of a box, 0 to 1; the model’s own where not given')
    .option('--overlap <number>', 'IoU above which the weaker of two boxes goes')
    .option('-f, --format <name>', `write ${exportFormats.join(', ')}; with -o into a folder`)
    .option('-o, --output <folder>', 'where the files go; COCO’s JSON where no format is given')
    .option('--json', 'print one JSON object a line: pictures, errors')
    .action(async (paths: string[], options: DetectOptions) => {
      process.exitCode = await detect(paths, options)
    })
}
