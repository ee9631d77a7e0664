import type { Rule } from '../node-context'
import { attentionRules } from './attention'
import { convolutionRules } from './convolution'
import { elementwiseRules } from './elementwise'
import { layoutRules } from './layout'
import { normalisationRules } from './normalisation'
import { productRules } from './products'
import { quantisationRules } from './quantisation'
import { recurrentRules } from './recurrent'
import { reductionRules } from './reductions'

const rules = new Map<string, Rule>(
  Object.entries({
    ...elementwiseRules,
    ...layoutRules,
    ...reductionRules,
    ...convolutionRules,
    ...productRules,
    ...attentionRules,
    ...normalisationRules,
    ...recurrentRules,
    ...quantisationRules,
  }),
)

/** Domains whose operators are known: ONNX's own and those that onnxruntime adds. */
const knownDomains = new Set(['', 'com.microsoft'])

/** The rule of an operator; null where the Inspector knows none. */
export function ruleOf(domain: string, op: string): Rule | null {
  if (!knownDomains.has(domain)) return null
  return rules.get(`${domain}:${op}`) ?? rules.get(op) ?? null
}
