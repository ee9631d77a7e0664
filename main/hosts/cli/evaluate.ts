import type { Command } from 'commander'
import { defaultFilter, filterCandidates } from '../../../contract/detection-boxes'
import type { DetectedBox } from '../../../contract/detection'
import { evaluateAgainst } from '../../../contract/detection-metrics'
import { findByFileName, parseCocoTruth, type CocoTruth } from '../../../contract/detection-truth'
import { StudioError } from '../../../contract/errors'
import { openStudio, type Studio } from '../studio'
import { askedPictures, detectorModel, lookAtPictures } from './detect-pictures'
import { evaluationTable } from './evaluate-table'
import { exitCodeFor, exitCodes } from './exit-codes'
import { failureOf, printFailure, wantsColour } from './output'
import { ProgressLine } from './progress-line'
import { readFileOption } from './read-file'

interface EvaluateOptions {
  readonly truth: string
  readonly images: string
  readonly model?: string
  readonly precision?: string
  readonly json?: boolean
}

/** @throws StudioError INVALID_INPUT */
async function readTruth(path: string): Promise<CocoTruth> {
  const file = await readFileOption('truth', path)
  try {
    return parseCocoTruth(JSON.parse(await file.text()))
  } catch (cause) {
    if (cause instanceof StudioError) throw cause
    throw new StudioError('INVALID_INPUT', `${path} is not JSON`, { field: 'truth', detail: String(cause) }, { cause })
  }
}

async function run(studio: Studio, options: EvaluateOptions, signal: AbortSignal): Promise<number> {
  const truth = await readTruth(options.truth)
  const model = await detectorModel(studio, options.model)
  if (model.detector === undefined)
    throw new StudioError('MODEL_BROKEN', `${model.id} cannot be used`, { field: 'model' })
  const { classes } = model.detector
  // Every box counts, however low its score: the curve is what it is about.
  const filter = { ...defaultFilter(model.detector), score: 0 }
  const isLabelled = findByFileName(truth.pictures, ({ name }) => name)
  const pictures = (await askedPictures([options.images])).filter(({ name }) => isLabelled(name) !== null)
  if (pictures.length === 0) {
    throw new StudioError('INVALID_INPUT', `None of the labelled pictures is in ${options.images}`, {
      field: 'images',
      remedy: `The labels name, for one, ${truth.pictures[0]?.name ?? 'none'}.`,
    })
  }
  const line = new ProgressLine(process.stderr, wantsColour(process.stderr))
  const found: { name: string; detections: readonly DetectedBox[] }[] = []
  let failed = 0
  const asked = { model, precision: options.precision, pictures }
  for await (const looked of lookAtPictures(studio, asked, { signal, onProgress: (progress) => line.show(progress) })) {
    if ('failure' in looked) {
      failed += 1
      line.clear()
      printFailure({ ...looked.failure, message: `${looked.picture.path}: ${looked.failure.message}` }, false)
    } else found.push({ name: looked.picture.name, detections: filterCandidates(looked.result.candidates, filter) })
  }
  line.clear()
  if (signal.aborted) return exitCodes.cancelled
  const evaluation = evaluateAgainst(truth, found, classes)
  if (options.json === true) process.stdout.write(`${JSON.stringify({ model: model.id, failed, ...evaluation })}\n`)
  else {
    process.stdout.write(evaluationTable(evaluation))
    const { unmatched, unknownClasses } = evaluation
    if (unmatched.truth.length > 0) process.stderr.write(`${unmatched.truth.length} labelled pictures were left out\n`)
    if (unknownClasses.length > 0)
      process.stderr.write(`Classes that ${model.id} does not know: ${unknownClasses.join(', ')}\n`)
  }
  return failed === 0 ? exitCodes.ok : exitCodes.failed
}

async function evaluate(options: EvaluateOptions): Promise<number> {
  const studio = await openStudio({ jobs: 'ephemeral' })
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    return await run(studio, options, stopping.signal)
  } catch (error) {
    const failure = failureOf(error)
    printFailure(failure, options.json === true)
    return exitCodeFor(failure.code)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await studio.close()
  }
}

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('hold a detector against labelled pictures: COCO’s table and Pascal VOC’s means')
    .requiredOption('--truth <file>', 'labels in COCO’s JSON')
    .requiredOption('--images <folder>', 'where the labelled pictures are')
    .option('-m, --model <id>', 'detector; the first one where not given')
    .option('-p, --precision <name>', 'one of the model’s variants')
    .option('--json', 'print one JSON object')
    .action(async (options: EvaluateOptions) => {
      process.exitCode = await evaluate(options)
    })
}
