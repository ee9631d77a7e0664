import path from 'node:path'
import { modelIdSchema } from '../../../contract/ids'
import { raceRequestSchema, type RaceRequest, type Round, type Run } from '../../../contract/speculation'
import { Residency } from '../../runtime/residency'
import { readLanguageFolder } from '../../text/language-folder'
import { openParts } from '../open-parts'
import type { StrategyParts } from '../open-strategy'
import { race } from '../race'

export const fixtures = path.resolve(import.meta.dirname, '../../../test-fixtures')

/** The tiny model's graphs stay loaded for all tests of a file. */
const sessions = new Residency()

export async function openTinyModel(precision: string | undefined, name = 'tiny-causal-lm'): Promise<StrategyParts> {
  const folder = await readLanguageFolder(path.join(fixtures, 'models', name))
  return openParts(
    {
      modelId: `${name}-${precision ?? 'default'}`,
      folder,
      precision: precision ?? folder.defaultPrecision,
      provider: 'cpu',
      threads: 1,
    },
    sessions,
  )
}

export async function runRace(
  parts: StrategyParts,
  prompt: readonly number[],
  request: Partial<RaceRequest>,
  isCancelled: () => boolean = () => false,
): Promise<Run[]> {
  const settings = raceRequestSchema.parse({
    modelId: modelIdSchema.parse('tiny'),
    prompt: 'x',
    strategies: [],
    ...request,
  })
  const runs: Run[] = []
  let rounds: Round[] = []
  for await (const step of race({ ...parts, settings, prompt, isCancelled })) {
    if (step.type === 'run') rounds = []
    else if (step.type === 'round') rounds.push(step.round)
    else runs.push({ ...step.result, rounds })
  }
  return runs
}
