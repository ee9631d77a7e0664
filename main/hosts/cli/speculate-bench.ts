import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StudioError, type Failure } from '../../../contract/errors'
import type { Model } from '../../../contract/models'
import type { RaceExample, RaceRequest } from '../../../contract/speculation'
import type { Studio } from '../studio'
import { benchReport } from './bench-report'
import { summarise, type BenchEntry, type BenchSummary } from './bench-summary'
import { exitCodeFor, exitCodes } from './exit-codes'
import { printFailure } from './output'
import type { ProgressLine } from './progress-line'
import type { RaceOptions } from './race-options'
import { table } from './race-output'
import { runRace } from './run-race'

/** The first prompts of each category. */
function firstOfEach(examples: readonly RaceExample[], count: number): RaceExample[] {
  const taken = new Map<string, number>()
  return examples.filter(({ category }) => {
    const place = (taken.get(category) ?? 0) + 1
    taken.set(category, place)
    return place <= count
  })
}

function isTooLong(failure: Failure | null): boolean {
  return failure?.code === 'INVALID_INPUT' && (failure.field === 'prompt' || failure.field === 'maxTokens')
}

function summaryTable(summary: BenchSummary): string {
  const rows = [['strategy', ...summary.categories]]
  for (const name of summary.strategies) {
    rows.push([
      name,
      ...summary.categories.map((category) => {
        const cell = summary.cells[category]?.[name]
        if (cell === undefined) return '–'
        const accepted = cell.acceptanceRate === null ? '' : ` ${(100 * cell.acceptanceRate).toFixed(0)} %`
        return `${cell.speedup.toFixed(2)}×${accepted} ${cell.tokensPerForward.toFixed(2)}`
      }),
    ])
  }
  return table(rows).join('\n')
}

/**
 * Races the evaluation set, prints the table of speed-up, acceptance and tokens a forward, and writes every race and a report.
 * Each race measures plain decoding anew, so that a machine that grows slower in the meantime favours nobody.
 */
export async function bench(
  studio: Studio,
  model: Model,
  request: Omit<RaceRequest, 'prompt'>,
  options: RaceOptions,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<number> {
  const count = options.prompts === undefined ? Number.POSITIVE_INFINITY : Number(options.prompts)
  if (!(count >= 1)) {
    throw new StudioError('INVALID_INPUT', '--prompts needs a number from 1 on', { field: 'prompts' })
  }
  const examples = firstOfEach(await studio.client.speculation.examples(), count)
  const folder = resolve(options.output ?? 'speculation-bench')
  await mkdir(folder, { recursive: true })
  const entries: BenchEntry[] = []
  let leftOut = 0
  for (const [index, { category, prompt }] of examples.entries()) {
    const { job, race } = await runRace(
      studio,
      { ...request, prompt },
      {
        signal,
        onProgress: (progress) => {
          const fraction = (index + progress.fraction) / examples.length
          line.show({ ...progress, label: `${category} ${index + 1}/${examples.length}`, fraction })
        },
      },
    )
    // A prompt that is too long for this model's context says nothing against the others; if all are, that is the answer.
    if (isTooLong(job.failure) && (entries.length > 0 || index + 1 < examples.length)) {
      leftOut += 1
      continue
    }
    if (job.failure !== null) {
      line.clear()
      printFailure(job.failure, false)
      return exitCodeFor(job.failure.code)
    }
    if (race !== null && !race.partial) entries.push({ category, race })
    if (signal.aborted) break
  }
  line.clear()
  const first = entries[0]?.race
  if (first === undefined) return exitCodes.cancelled
  const summary = summarise(entries)
  const facts = {
    model: model.name,
    precision: first.precision,
    device: `${first.provider}, ${first.threads} threads`,
    temperature: String(first.settings.sampling.temperature),
    'most tokens': String(first.settings.maxTokens),
    prompts: `${entries.length}${leftOut === 0 ? '' : `, ${leftOut} left out: longer than the context`}`,
  }
  await writeFile(join(folder, 'bench.json'), `${JSON.stringify({ facts, ...summary }, null, 1)}\n`)
  await writeFile(join(folder, 'report.html'), benchReport(summary, facts))
  if (options.json === true) process.stdout.write(`${JSON.stringify({ facts, ...summary })}\n`)
  else process.stdout.write(`${summaryTable(summary)}\n\nReport: ${join(folder, 'report.html')}\n`)
  return signal.aborted ? exitCodes.cancelled : exitCodes.ok
}
