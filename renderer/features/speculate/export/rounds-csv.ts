import { roundsOf, type RunTrace } from '../model/run-trace'
import type { ShownRace } from '../race-store'

const columns = [
  'run',
  'strategy',
  'round',
  'context_length',
  'draft_length',
  'nodes',
  'accepted',
  'tokens',
  'own_origin',
  'text',
  'draft_ms',
  'verify_ms',
  'sample_ms',
  'commit_ms',
] as const

/** A line for each round of each run, for a spreadsheet. */
export function roundsCsv(race: Pick<ShownRace, 'runs'>): string {
  const lines = race.runs.flatMap((run, index) => runLines(run, index))
  return [columns.join(','), ...lines].join('\r\n') + '\r\n'
}

function runLines(run: RunTrace, index: number): string[] {
  return roundsOf(run).map((round) => {
    const accepted = round.emitted.filter(({ origin }) => origin === 'accepted').length
    const last = round.emitted.at(-1)?.origin
    const { draft, verify, sample, commit } = round.milliseconds
    const cells = [
      index + 1,
      run.strategy.name,
      round.index + 1,
      round.contextLength,
      round.draftLength,
      round.nodes.length,
      accepted,
      round.emitted.length,
      last === undefined || last === 'accepted' ? '' : last,
      round.emitted.map(({ text }) => text).join(''),
      ...[draft, verify, sample, commit].map((value) => value.toFixed(3)),
    ]
    return cells.map(quoted).join(',')
  })
}

/** A cell that begins like a formula would be run by spreadsheets: a model's text is not to be trusted with that. */
function quoted(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
