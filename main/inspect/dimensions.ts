import type { Dimension, FreeDimension } from '../../contract/inspection'
import { countGraph } from './count-graph'
import type { Graph, GraphTable } from './graph'
import type { Values } from './node-context'

/** The names that a dimension's name is the sum of, where it is one: `P + S`, `P_plus_S`, `total_sequence_length`. */
function termsOf(name: string, others: ReadonlySet<string>): string[] | null {
  const terms = name.split(/\s*\+\s*|_plus_/)
  if (terms.length > 1 && terms.every((term) => others.has(term) || /^\d+$/.test(term))) return terms
  const length = name.replace(/^total_/, '')
  const past = [`past_${length}`, 'past_sequence_length'].find((other) => others.has(other))
  return name.startsWith('total_') && others.has(length) && past !== undefined ? [past, length] : null
}

const rules: readonly (readonly [RegExp, number])[] = [
  [/batch|^n$|^b$|^step$/i, 1],
  [/past|cache|^[tp]$/i, 16],
  [/latent|patch/i, 32],
  [/seq|token|length|len|^s$/i, 16],
]

const side = /height|width|^h$|^w$|size|image/i

/** Pictures have one, three or four channels; what has more is smaller. */
function suggestion(name: string, shape: readonly Dimension[]): number {
  const known = rules.find(([pattern]) => pattern.test(name))?.[1]
  if (known !== undefined) return known
  if (!side.test(name)) return 16
  return shape.length !== 4 || [1, 3, 4].includes(Number(shape[1] ?? 3)) ? 224 : 32
}

/** The named sizes of the inputs, in the order in which they come. */
export function inputDimensions({ inputs, tensors }: GraphTable): FreeDimension[] {
  const uses = new Map<string, string[]>()
  const suggested = new Map<string, number>()
  for (const input of inputs) {
    const { name, shape } = tensors[input]!
    shape?.forEach((dimension, axis) => {
      if (typeof dimension !== 'string') return
      const known = uses.get(dimension)
      if (known === undefined) {
        uses.set(dimension, [`${name}, axis ${axis}`])
        suggested.set(dimension, suggestion(dimension, shape))
      }
      if (known !== undefined && known.length < 8) known.push(`${name}, axis ${axis}`)
    })
  }
  const names = new Set(uses.keys())
  for (const name of names) {
    const terms = termsOf(name, names)
    if (terms !== null)
      suggested.set(
        name,
        terms.reduce((sum, term) => sum + (suggested.get(term) ?? Number(term)), 0),
      )
  }
  return [...uses].map(([name, places]) => ({
    name,
    suggested: suggested.get(name)!,
    formula: termsOf(name, names)?.join(' + ') ?? null,
    uses: places,
    isFoundInRun: false,
  }))
}

/** Sizes that only a run can tell: passes of a Loop, boxes that are kept. Found by counting at the sizes that suit the inputs. */
export function runDimensions(
  graph: Graph,
  constants: ReadonlyMap<number, Values>,
  ofInputs: readonly FreeDimension[],
): FreeDimension[] {
  const suggested = Object.fromEntries(ofInputs.map((dimension) => [dimension.name, dimension.suggested]))
  return countGraph(graph, constants, suggested).runSizes.map(({ name, suggested: size, use }) => ({
    name,
    suggested: size,
    formula: null,
    uses: [use],
    isFoundInRun: true,
  }))
}

/** The given sizes with those that follow from them. Names that the graph does not have are left out. */
export function completeSizes(
  dimensions: readonly FreeDimension[],
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  const sizes: Record<string, number> = {}
  for (const { name } of dimensions) if (Object.hasOwn(given, name)) sizes[name] = given[name]!
  for (const { name, formula } of dimensions) {
    if (formula === null || Object.hasOwn(sizes, name)) continue
    const terms = formula.split(' + ').map((term) => (/^\d+$/.test(term) ? Number(term) : sizes[term]))
    if (terms.every((term) => term !== undefined)) sizes[name] = terms.reduce((sum, term) => sum + term, 0)
  }
  return sizes
}
