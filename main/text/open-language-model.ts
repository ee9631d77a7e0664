import path from 'node:path'
import { StudioError } from '../../contract/errors'
import type { Provider } from '../../contract/devices'
import type { Residency } from '../runtime/residency'
import { OwnCachedGraph } from './cached-graph'
import type { LanguageFolder } from './language-folder'
import type { CachedGraph, LanguageModel, LanguageRole, TargetSession } from './language-model'
import { OwnTarget } from './own-target'
import { StandardTarget } from './standard-target'
import { TextTokenizer } from './text-tokenizer'
import { checkDrafterFits } from './weights-hash'

export interface OpenLanguageModelOptions {
  readonly modelId: string
  readonly folder: LanguageFolder
  /** The folder's default where absent. */
  readonly precision?: string | undefined
  readonly provider: Provider
  /** 0 is one a physical core. */
  readonly threads: number
  readonly sessions: Pick<Residency, 'open'>
}

/**
 * Reads the tokenizer; graphs are loaded when they are opened.
 * @throws StudioError INVALID_INPUT where there is no such precision, MODEL_BROKEN
 */
export async function openLanguageModel(options: OpenLanguageModelOptions): Promise<LanguageModel> {
  const { folder, modelId, provider, threads, sessions } = options
  const precision = options.precision ?? folder.defaultPrecision
  const files = folder.precisions[precision]
  if (files === undefined) {
    throw new StudioError('INVALID_INPUT', `${folder.name} has no precision "${precision}"`, {
      field: 'precision',
      remedy: `Choose one of: ${Object.keys(folder.precisions).join(', ')}.`,
    })
  }
  const tokenizer = await TextTokenizer.load(folder.path, folder.name)

  const fileOf = (role: Exclude<LanguageRole, 'target'>): string | undefined =>
    role === 'lower' || role === 'upper' ? files[role] : folder.drafters[role]?.file
  const open = (role: LanguageRole, file: string): ReturnType<Residency['open']> =>
    sessions.open({ modelId, role, path: file, provider, threads })

  async function openTarget(): Promise<TargetSession> {
    const session = await open('target', files!.target)
    return folder.layout === 'Atelier'
      ? new OwnTarget(session, folder.sizes)
      : new StandardTarget(session, folder.sizes)
  }

  async function openGraph(role: Exclude<LanguageRole, 'target'>): Promise<CachedGraph> {
    const file = fileOf(role)
    if (file === undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `${folder.name} has no ${role} graph`, {
        field: 'strategies',
        remedy: `Leave the strategy out, or add its drafter to ${path.basename(folder.path)}.`,
      })
    }
    if (role !== 'lower' && role !== 'upper') await checkDrafterFits(folder, role)
    return new OwnCachedGraph(role, await open(role, file), folder.sizes)
  }

  return {
    folder,
    precision,
    sizes: folder.sizes,
    tokenizer,
    beginToken: folder.beginToken,
    endTokens: new Set(folder.endTokens),
    openTarget,
    openGraph,
  }
}
