import type { Residency } from '../runtime/residency'
import { openLanguageModel, type OpenLanguageModelOptions } from '../text/open-language-model'
import type { StrategyParts } from './open-strategy'

/** Roles that run on the target's own threads: they are the target. */
const targetRoles: ReadonlySet<string> = new Set(['target', 'lower', 'upper'])

/**
 * A model and its drafters. A drafter runs on one thread: each graph has threads of its own, a small one gains nothing from many,
 * and those that it kept awake would take cores from the target.
 */
export async function openParts(
  options: Omit<OpenLanguageModelOptions, 'sessions'>,
  sessions: Pick<Residency, 'open'>,
): Promise<StrategyParts> {
  const model = await openLanguageModel({
    ...options,
    sessions: {
      open: (request) => sessions.open(targetRoles.has(request.role) ? request : { ...request, threads: 1 }),
    },
  })
  return { model, openDrafter: (role) => model.openGraph(role) }
}
