import type { Rule } from '../node-context'
import { arrangingRules } from './arranging'
import { attentionRules } from './attention'
import { choosingRules } from './choosing'
import { convolutionRules } from './convolution'
import { elementwiseRules } from './elementwise'
import { fillingRules } from './filling'
import { normalisationRules } from './normalisation'
import { productRules } from './products'
import { quantisationRules } from './quantisation'
import { recurrentRules } from './recurrent'
import { reductionRules } from './reductions'
import { viewRules } from './views'

const rules = new Map<string, Rule>(
  Object.entries({
    ...elementwiseRules,
    ...viewRules,
    ...arrangingRules,
    ...choosingRules,
    ...fillingRules,
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
