import type { Strategy } from '../../../../contract/speculation'
import type { RunTrace } from '../model/run-trace'
import { newStrategy } from '../model/strategies'
import type { ShownRace } from '../race-store'

export interface Lane {
  /** Place among the race's runs. */
  readonly index: number
  readonly strategy: Strategy
  /** Undefined while it waits for its turn. */
  readonly run: RunTrace | undefined
}

/**
 * Lanes from top to bottom: the strategies, then the baseline that they are measured against. It runs first all the same,
 * so a lane waits for each run to come, and none moves when one begins.
 */
export function laneOrder({
  runs,
  settings,
  isRunning,
}: Pick<ShownRace, 'runs' | 'settings' | 'isRunning'>): readonly Lane[] {
  const asked = [newStrategy('plain'), ...settings.strategies.filter(({ name }) => name !== 'plain')]
  const all = isRunning ? asked : []
  const lanes = Array.from({ length: Math.max(all.length, runs.length) }, (_, index): Lane => {
    const run = runs[index]
    return { index, run, strategy: run?.strategy ?? all[index]! }
  })
  return [
    ...lanes.filter((lane) => lane.strategy.name !== 'plain'),
    ...lanes.filter((lane) => lane.strategy.name === 'plain'),
  ]
}
