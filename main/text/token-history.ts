import type { Sampling } from '../../contract/speculation'

/** Tokens so far, as the penalties count them. A drafted path is pushed to ask about it, and popped again. */
export class TokenHistory {
  readonly #prompt: ReadonlySet<number>
  readonly #output: number[] = []
  readonly #counts = new Map<number, number>()

  constructor(prompt: Iterable<number> = []) {
    this.#prompt = new Set(prompt)
  }

  push(...tokens: readonly number[]): void {
    for (const token of tokens) {
      this.#output.push(token)
      this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1)
    }
  }

  /** Takes back the last `count` tokens that were pushed. */
  pop(count = 1): void {
    for (const token of this.#output.splice(this.#output.length - count)) {
      const left = this.#counts.get(token)! - 1
      if (left === 0) this.#counts.delete(token)
      else this.#counts.set(token, left)
    }
  }

  /**
   * Changes logits in place. Repetition divides positive logits and multiplies negative ones of every token in prompt and output
   * (transformers' RepetitionPenaltyLogitsProcessor); frequency, times the count, and presence are subtracted for tokens of the
   * output alone (as OpenAI and vLLM define them).
   * @param logits of all tokens
   */
  penalise(logits: Float64Array, penalties: Penalties): void {
    const { repetitionPenalty, presencePenalty, frequencyPenalty } = penalties
    if (repetitionPenalty !== 1) {
      for (const token of new Set([...this.#prompt, ...this.#counts.keys()])) {
        const logit = logits[token]
        if (logit !== undefined) logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty
      }
    }
    for (const [token, count] of this.#counts) {
      const logit = logits[token]
      if (logit !== undefined) logits[token] = logit - count * frequencyPenalty - presencePenalty
    }
  }
}

export type Penalties = Pick<Sampling, 'repetitionPenalty' | 'presencePenalty' | 'frequencyPenalty'>

export function hasPenalties({ repetitionPenalty, presencePenalty, frequencyPenalty }: Penalties): boolean {
  return repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0
}
