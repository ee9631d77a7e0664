import { InvalidArgumentError, type Command } from 'commander'
import pc from 'picocolors'
import { StudioError } from '../../../contract/errors'
import type { Race } from '../../../contract/speculation'
import { openStudio } from '../studio'
import { bench } from './speculate-bench'
import { exitCodeFor, exitCodes } from './exit-codes'
import { failureOf, printFailure, wantsColour } from './output'
import { ProgressLine } from './progress-line'
import { languageModel, raceRequest, type RaceOptions } from './race-options'
import { runRace } from './run-race'
import { legend, plainRun, raceTable, runFacts, tintToken } from './race-output'

function printRace(race: Race, options: RaceOptions): void {
  const plain = plainRun(race)
  if (options.json === true) {
    const { settings, modelName, precision, provider, threads, partial } = race
    const runs = race.runs.map((run) => runFacts(run, plain))
    process.stdout.write(
      `${JSON.stringify({ prompt: settings.prompt, modelName, precision, provider, threads, partial, runs })}\n`,
    )
    return
  }
  const colours = pc.createColors(wantsColour(process.stdout))
  // The text of the strategy that was asked for; all texts are alike where nothing is sampled.
  const shown = race.runs.find(({ strategy }) => strategy.name !== 'plain') ?? plain
  if (shown !== undefined) {
    const text = shown.rounds.flatMap(({ emitted }) => emitted.map((token) => tintToken(token, colours))).join('')
    process.stdout.write(`${text}\n\n`)
    if (shown.strategy.name !== 'plain') process.stdout.write(`${legend(colours)}\n\n`)
  }
  process.stdout.write(`${raceTable(race, colours)}\n`)
}

async function speculate(prompt: string | undefined, options: RaceOptions): Promise<number> {
  const studio = await openStudio({ jobs: 'ephemeral' })
  const line = new ProgressLine(process.stderr, wantsColour(process.stderr))
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    const model = await languageModel(studio, options.model)
    const request = raceRequest(model, options)
    if (options.bench === true) return await bench(studio, model, request, options, line, stopping.signal)
    if (prompt === undefined) {
      throw new StudioError('INVALID_INPUT', 'A prompt is needed', {
        field: 'prompt',
        remedy: 'Give the text to answer, or --bench to run the evaluation set.',
      })
    }
    const { job, race } = await runRace(
      studio,
      { ...request, prompt },
      {
        signal: stopping.signal,
        onProgress: (progress) => line.show(progress),
      },
    )
    line.clear()
    if (race !== null) printRace(race, options)
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

function collect(value: string, earlier: string[] | undefined): string[] {
  if (value === '') throw new InvalidArgumentError('A stop text is not empty.')
  return [...(earlier ?? []), value]
}

export function addSpeculate(program: Command): void {
  program
    .command('speculate')
    .description('answer a prompt with speculative decoding, measured against plain decoding')
    .argument('[prompt]', 'what to answer')
    .option('-m, --model <id>', 'language model; the first one where not given')
    .option('-p, --precision <name>', 'one of the model’s variants')
    .option('-s, --strategy <name>', 'how to draft; all that the model can run where neither this nor --race is given')
    .option('--race <names>', 'several strategies, with commas between')
    .option('--draft-model <id>', 'another language model of the library that drafts, for the strategy "draft"')
    .option('--draft-length <number>', 'tokens drafted in a round, or "adaptive"')
    .option('--tree <nodes>', 'nodes of a drafted tree: medusa, retrieval, eagle')
    .option('--typical', 'Medusa’s typical acceptance: lossy above temperature 0')
    .option('-t, --temperature <number>', '0 takes the most likely token', '0')
    .option('--top-k <number>', 'sample from the k most likely tokens; 0 from all')
    .option('--top-p <number>', 'sample from the smallest set with this probability')
    .option('--seed <number>', 'whole number', '0')
    .option('--max-tokens <number>', 'most tokens to write')
    .option('--system <text>', 'system message')
    .option('--raw', 'continue the prompt as it stands, without the chat template')
    .option('--stop <text>', 'end where this text comes; may be given again', collect)
    .option('--bench', 'run the evaluation set and write a report')
    .option('--prompts <number>', 'with --bench: prompts of each category')
    .option('-o, --output <folder>', 'with --bench: where the report goes', 'speculation-bench')
    .option('--json', 'print one JSON object')
    .action(async (prompt: string | undefined, options: RaceOptions) => {
      process.exitCode = await speculate(prompt, options)
    })
}
