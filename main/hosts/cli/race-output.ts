import type pc from 'picocolors'
import type { EmittedToken, Race, Run } from '../../../contract/speculation'
import { acceptanceStatistics, speedup, verdict } from '../../../contract/speculation-statistics'

type Colours = ReturnType<typeof pc.createColors>

/** A token tinted by who is to be thanked for it: the same meanings as in the window, each with a line style where colour fails. */
export function tintToken({ text, origin }: EmittedToken, colours: Colours): string {
  switch (origin) {
    case 'accepted':
      return colours.cyan(colours.underline(text))
    case 'corrected':
      return colours.yellow(text)
    case 'bonus':
      return colours.magenta(colours.bold(text))
    case 'plain':
      return text
  }
}

export function legend(colours: Colours): string {
  const sample = (origin: EmittedToken['origin'], text: string): string =>
    tintToken({ token: 0, text, origin, node: 0, logProbability: 0 }, colours)
  return [sample('accepted', 'accepted'), sample('corrected', 'corrected'), sample('bonus', 'bonus')].join('  ')
}

/** One run as programs read it. Names as vLLM and the papers use them. */
export function runFacts(run: Run, plain: Run | undefined) {
  const statistics = acceptanceStatistics(run.rounds)
  return {
    strategy: run.strategy.name,
    settings: run.strategy,
    text: run.text,
    tokens: run.tokens,
    finishReason: run.finishReason,
    lossless: run.lossless,
    sameAsPlain: run.sameAsPlain,
    acceptanceRate: statistics.acceptanceRate,
    examinedAcceptanceRate: statistics.examinedAcceptanceRate,
    perPositionAcceptance: statistics.survival.map(({ accepted, rounds }) => accepted / rounds),
    meanAcceptedLength: statistics.meanAcceptedLength,
    tokensPerForward: statistics.tokensPerForward,
    draftedTokens: statistics.drafted,
    acceptedTokens: statistics.accepted,
    wastedTokens: statistics.wasted,
    rounds: run.rounds.length,
    roundsWithoutDraft: statistics.roundsWithoutDraft,
    milliseconds: { total: run.milliseconds, ...statistics.milliseconds },
    prefillMilliseconds: run.prefill,
    tokensPerSecond: run.milliseconds === 0 ? 0 : (1000 * run.tokens) / run.milliseconds,
    speedup: run.strategy.name === 'plain' ? 1 : speedup(run, plain),
  }
}

export function plainRun(race: Race): Run | undefined {
  return race.runs.find(({ strategy }) => strategy.name === 'plain')
}

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`)

/** Lines of a table with right-aligned numbers. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}

/** The race as a table and a verdict a line. */
export function raceTable(race: Race, colours: Colours): string {
  const plain = plainRun(race)
  const rows = [['strategy', 'tokens', 'accepted', 'tokens/forward', 'tokens/s', 'speed-up', 'exact']]
  for (const run of race.runs) {
    const facts = runFacts(run, plain)
    rows.push([
      run.strategy.name,
      String(run.tokens),
      percent(facts.acceptanceRate),
      facts.tokensPerForward.toFixed(2),
      facts.tokensPerSecond.toFixed(1),
      facts.speedup === null ? 'not measured' : `${facts.speedup.toFixed(2)}×`,
      run.sameAsPlain === null ? '–' : run.sameAsPlain ? 'yes' : 'no',
    ])
  }
  const [head = '', ...lines] = table(rows)
  const verdicts = race.runs
    .filter(({ strategy }) => strategy.name !== 'plain')
    .map((run) => `${run.strategy.name}: ${verdict(run, plain).sentence}${run.lossless ? '' : ' Lossy rule.'}`)
  const differ = race.runs.some((run) => run.sameAsPlain === true && run.text !== plain?.text)
  const note = differ
    ? [
        '',
        'exact: the tokens are plain decoding’s own when it reads as many rows at a time. Forwards of one row and of several round',
        'differently, and in few bits a near tie can then fall the other way, so a text may part from the first one and still be exact.',
      ]
    : []
  return [colours.dim(head), ...lines, '', ...verdicts, ...note].join('\n')
}
