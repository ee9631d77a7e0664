// Sequential multi-token prediction (DeepSeek-V3, arXiv 2412.19437, section 2.2): one module, fed with its own output for each
// further place (as FastMTP and SGLang's NextN do).

import type { CachedGraph } from '../../text/language-model'
import { draftChain, type Guess } from '../draft-chain'
import type { Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { guessOutputs, lastGuess } from './guess-outputs'
import { MtpReader } from './mtp-reader'

const outputNames = [...guessOutputs, 'hidden_out'] as const

export class MtpStrategy implements DraftStrategy {
  readonly name = 'mtp'
  readonly needsHidden = true
  readonly draws = true
  readonly #graph: CachedGraph
  readonly #reader: MtpReader

  constructor(graph: CachedGraph) {
    this.#graph = graph
    this.#reader = new MtpReader(graph)
  }

  reset(prompt: Observation): Promise<void> {
    return this.#reader.reset(prompt)
  }

  async draft(context: DraftContext): Promise<Draft> {
    const first = await this.#reader.catchUp(context.tokens, outputNames)
    if (first === null) return { tree: [], steps: 0 }
    let hidden = first.float('hidden_out')
    const width = hidden.length / first.rows
    const guess = async (previous: number | null): Promise<Guess> => {
      if (previous === null) return lastGuess(first)
      const outputs = await this.#graph.run(
        { hidden: hidden.subarray(hidden.length - width), ids: [previous] },
        this.#reader.cache,
        outputNames,
      )
      hidden = outputs.float('hidden_out')
      return lastGuess(outputs)
    }
    const tree = await draftChain(context, () => 'MTP module', guess)
    return { tree, steps: tree.length }
  }

  async observe(outcome: Observation): Promise<void> {
    this.#reader.observe(outcome)
  }
}
