import type { LogitsRow } from './language-model'

/** Natural logarithm of an id's probability at temperature 1; null where the row does not tell. */
export function logProbabilityOf(row: LogitsRow, id: number): number | null {
  const logit = row.logits?.[id] ?? row.topValues[row.topIds.indexOf(id)]
  return logit === undefined ? null : logit - row.logSumExp
}

/**
 * Entropy in nats at temperature 1. Exact where the row has all logits; otherwise the tokens beyond the top ones count as likely as
 * the last of these, which is the least that the entropy can be.
 */
export function entropyOf({ logits, topValues, logSumExp }: LogitsRow): number {
  let entropy = 0
  let mass = 0
  const known = logits ?? topValues
  for (let i = 0; i < known.length; i++) {
    const logProbability = known[i]! - logSumExp
    const probability = Math.exp(logProbability)
    mass += probability
    if (probability > 0) entropy -= probability * logProbability
  }
  const last = topValues[topValues.length - 1]
  if (logits === null && last !== undefined) entropy += Math.max(0, 1 - mass) * (logSumExp - last)
  return entropy
}
