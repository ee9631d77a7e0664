import type { Race, RaceSummary } from '../../contract/speculation'
import { acceptanceStatistics, speedup } from '../../contract/speculation-statistics'

const longestPrompt = 300

/** What lists show of a race. */
export function raceSummary(race: Race): RaceSummary {
  const plain = race.runs.find(({ strategy }) => strategy.name === 'plain')
  return {
    id: race.id,
    createdAt: race.createdAt,
    prompt: race.settings.prompt.slice(0, longestPrompt),
    modelName: race.modelName,
    precision: race.precision,
    partial: race.partial,
    runs: race.runs.map((run) => ({
      name: run.strategy.name,
      tokens: run.tokens,
      tokensPerSecond: run.milliseconds === 0 ? 0 : (1000 * run.tokens) / run.milliseconds,
      speedup: speedup(run, plain),
      acceptanceRate: acceptanceStatistics(run.rounds).acceptanceRate,
    })),
  }
}
