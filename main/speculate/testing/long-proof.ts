// Runs every lossless strategy on many prompts at temperature 0 and compares token by token: scripts/lossless.mjs.

import { strategyNameSchema, type StrategyName } from '../../../contract/speculation'
import { acceptanceStatistics } from '../../../contract/speculation-statistics'
import { Residency } from '../../runtime/residency'
import { languageModelFacts } from '../../text/language-facts'
import { readLanguageFolder } from '../../text/language-folder'
import { promptIds } from '../../text/prompt-ids'
import { openParts } from '../open-parts'
import { runStrategy } from './run-strategy'

export interface ProofRow {
  readonly precision: string
  readonly name: StrategyName
  readonly prompts: number
  readonly same: number
  /** Runs that part from plain decoding, with the distance of the two tokens' log-probabilities there. */
  readonly gaps: readonly number[]
  readonly acceptanceRate: number | null
  readonly tokensPerForward: number
}

export interface ProofOptions {
  readonly folder: string
  readonly prompts: readonly string[]
  readonly maxTokens: number
  readonly threads: number
  /** All that the folder has where absent. */
  readonly precisions?: readonly string[]
  readonly strategies?: readonly string[]
  readonly onRow: (row: ProofRow) => void
  readonly onProgress: (text: string) => void
}

export async function proveLossless(options: ProofOptions): Promise<void> {
  const { maxTokens, threads, onRow, onProgress, prompts } = options
  const folder = await readLanguageFolder(options.folder)
  const sessions = new Residency()
  const names = (options.strategies ?? languageModelFacts(folder).strategies).filter((name) => name !== 'plain')
  for (const precision of options.precisions ?? Object.keys(folder.precisions)) {
    const parts = await openParts({ modelId: precision, folder, precision, provider: 'cpu', threads }, sessions)
    const raw = parts.model.tokenizer.template === null
    const texts = prompts.map((prompt) => promptIds(parts.model, { prompt, raw, maxTokens }))
    const baselines: Awaited<ReturnType<typeof runStrategy>>[] = []
    for (const [index, prompt] of texts.entries()) {
      onProgress(`${precision} plain ${index + 1}/${texts.length}`)
      baselines.push(await runStrategy(parts, { name: 'plain' }, prompt, { maxTokens, fewestRows: 1 }))
    }
    for (const name of names) {
      const gaps: number[] = []
      const rounds: Awaited<ReturnType<typeof runStrategy>>['rounds'] = []
      for (const [index, prompt] of texts.entries()) {
        onProgress(`${precision} ${name} ${index + 1}/${texts.length}`)
        const run = await runStrategy(parts, { name: strategyNameSchema.parse(name), treeNodes: 7 }, prompt, {
          maxTokens,
          fewestRows: 1,
        })
        rounds.push(...run.rounds)
        const baseline = baselines[index]!
        const place = run.decoded.tokens.findIndex((token, at) => token !== baseline.decoded.tokens[at])
        if (place < 0) continue
        const { top } = baseline.rounds[place]!.rows[0]!
        const other = top.find(({ token }) => token === run.decoded.tokens[place])
        gaps.push(Math.log(top[0]!.probability) - Math.log(other?.probability ?? 0))
      }
      const { acceptanceRate, tokensPerForward } = acceptanceStatistics(rounds)
      const same = texts.length - gaps.length
      onRow({
        precision,
        name: strategyNameSchema.parse(name),
        prompts: texts.length,
        same,
        gaps,
        acceptanceRate,
        tokensPerForward,
      })
    }
  }
  await sessions.releaseAll()
}
