// Makes a column's graphs, or finds them on disk; finds the ranges of activations when a recipe needs them.

import { StudioError } from '../../contract/errors'
import { recipeSchema, type Recipe } from '../../contract/precision'
import type { Provider } from '../../contract/devices'
import { convertGraph, lowLayers, needsCalibration } from './convert'
import { EditableGraph } from './editable-graph'
import { makeFloatGraph } from './float-graph'
import { copyFeeds, GraphSet, type Feeds } from './graph-set'
import { runOnce } from './pinned-choices'
import { calibratedRange } from './quantise'
import type { Ranges } from './quantised-layers'
import { quantisedValues } from './static-graph'
import type { SubjectContext, SubjectRunner } from './subject'
import type { VariantStore } from './variant-store'
import { weightLayers } from './weight-layers'

export interface ColumnMakerOptions {
  readonly modelHash: string
  /** Every graph of the model that the subject runs, by role. */
  readonly graphs: Readonly<Record<string, string>>
  /** Those that are converted. */
  readonly roles: readonly string[]
  readonly store: VariantStore
  readonly subject: SubjectRunner
  readonly provider: Provider
  readonly threads: number
}

export interface MadeColumn {
  readonly paths: Readonly<Record<string, string>>
  /** Null where everything was on disk. */
  readonly milliseconds: number | null
}

export const referenceRecipe: Recipe = recipeSchema.parse({ column: 'fp32' })

/** Inputs that ranges are found on, of each graph. */
const calibrationFeeds = 6
const fetchedAtOnce = 24

export class ColumnMaker {
  readonly #options: ColumnMakerOptions
  readonly #bases = new Map<string, EditableGraph>()
  readonly #ranges = new Map<string, Ranges>()
  #feeds: Map<string, Feeds[]> | null = null

  constructor(options: ColumnMakerOptions) {
    this.#options = options
  }

  /** A role's graph in float32, its weights still on disk. @throws StudioError MODEL_BROKEN, MODEL_UNSUPPORTED */
  base(role: string): EditableGraph {
    const known = this.#bases.get(role)
    if (known !== undefined) return known
    const path = this.#options.graphs[role]
    if (path === undefined) {
      throw new StudioError('INVALID_INPUT', `The model has no graph "${role}"`, {
        field: 'roles',
        remedy: `Use some of: ${Object.keys(this.#options.graphs).join(', ')}.`,
      })
    }
    const base = EditableGraph.read(path)
    makeFloatGraph(base)
    this.#bases.set(role, base)
    return base
  }

  /**
   * The graphs of a recipe. A graph that the recipe does not change is the reference's.
   * @throws StudioError MODEL_UNSUPPORTED where it changes none, DISK_FULL, CANCELLED
   */
  async make(recipe: Recipe, context: SubjectContext): Promise<MadeColumn> {
    const { graphs, roles } = this.#options
    if (recipe.column === 'own') return { paths: graphs, milliseconds: null }
    const started = performance.now()
    const paths: Record<string, string> = { ...graphs }
    let [made, changed] = [0, 0]
    for (const [index, role] of roles.entries()) {
      if (context.isCancelled()) throw new StudioError('CANCELLED', 'The comparison was cancelled')
      context.onProgress(index / roles.length, `Converting ${role}`)
      const own = this.#recipeOf(role, recipe)
      const isChanged = recipe.column === 'fp32' || lowLayers(this.base(role), own).length > 0
      if (isChanged) changed += 1
      const result = await this.#makeRole(role, isChanged ? own : referenceRecipe, context)
      paths[role] = result.path
      if (result.isNew) made += 1
    }
    if (changed === 0) {
      throw new StudioError('MODEL_UNSUPPORTED', 'No graph of the model has layers that this precision changes', {
        remedy: 'Choose another precision: convolutions need one that is static or emulated.',
      })
    }
    return { paths, milliseconds: made === 0 ? null : performance.now() - started }
  }

  /** Ranges of a role's activations for a recipe; empty where it needs none. */
  async ranges(role: string, recipe: Recipe, context: SubjectContext): Promise<Ranges> {
    if (!needsCalibration(recipe)) return new Map()
    const { calibration, percentile } = recipe
    const key = JSON.stringify([role, calibration, calibration === 'percentile' ? percentile : null])
    const known = this.#ranges.get(key)
    if (known !== undefined) return known
    const ranges = await this.#findRanges(role, recipe, context)
    this.#ranges.set(key, ranges)
    return ranges
  }

  /** A recipe with only those kept layers that a role's graph has: the same graph is then made once. */
  #recipeOf(role: string, recipe: Recipe): Recipe {
    if (recipe.keep.length === 0) return recipe
    const names = new Set(weightLayers(this.base(role)).map(({ name }) => name))
    return { ...recipe, keep: recipe.keep.filter((name) => names.has(name)) }
  }

  async #makeRole(role: string, recipe: Recipe, context: SubjectContext): Promise<{ path: string; isNew: boolean }> {
    const { store, subject, modelHash } = this.#options
    const calibration = needsCalibration(recipe) ? subject.calibrationKey : ''
    const key = { modelHash, role, recipe, calibration }
    if (store.has(key)) return { path: this.#reread(role, recipe, store.path(key)), isNew: false }
    const graph = this.base(role).copy()
    convertGraph(graph, recipe, await this.ranges(role, recipe, context))
    return { path: this.#reread(role, recipe, store.write(key, graph, context.isCancelled)), isNew: true }
  }

  /** From now on the reference's weights are read from its own file: unpacking the model's once more for each column is slow. */
  #reread(role: string, { column }: Recipe, path: string): string {
    const base = this.#bases.get(role)
    if (column === 'fp32' && base?.path !== path) this.#bases.set(role, EditableGraph.read(path))
    return path
  }

  /** Runs the reference on other inputs, and the calibration graph on what each role was given then. */
  async #findRanges(role: string, recipe: Recipe, context: SubjectContext): Promise<Ranges> {
    const feeds = (await this.#calibrationFeeds(context)).get(role) ?? []
    const graph = this.base(role).copy()
    const names = [...quantisedValues(graph, lowLayers(graph, { ...recipe, keep: [] }))]
    for (const name of names) graph.addOutput(name)
    return runOnce(graph, this.#options, (run) => rangesOf(names, feeds, recipe, context, run))
  }

  async #calibrationFeeds(context: SubjectContext): Promise<Map<string, Feeds[]>> {
    if (this.#feeds !== null) return this.#feeds
    const { subject, provider, threads } = this.#options
    const { paths } = await this.make(referenceRecipe, context)
    const seen = new Map<string, Feeds[]>()
    const graphs = new GraphSet({
      paths,
      provider,
      threads,
      onRun: (role, feeds) => seen.set(role, [...(seen.get(role) ?? []), copyFeeds(feeds)]),
    })
    try {
      await subject.calibrate(graphs, context)
    } finally {
      await graphs.release()
    }
    for (const [role, all] of seen) seen.set(role, evenly(all, calibrationFeeds))
    this.#feeds = seen
    return seen
  }
}

async function rangesOf(
  names: readonly string[],
  feeds: readonly Feeds[],
  recipe: Recipe,
  context: SubjectContext,
  run: (feeds: Feeds, fetches: readonly string[]) => Promise<Feeds>,
): Promise<Ranges> {
  const ranges = new Map<string, { low: number; high: number }>()
  for (let start = 0; start < names.length; start += fetchedAtOnce) {
    const part = names.slice(start, start + fetchedAtOnce)
    const values = new Map<string, Float32Array[]>(part.map((name) => [name, []]))
    for (const one of feeds) {
      if (context.isCancelled()) throw new StudioError('CANCELLED', 'The comparison was cancelled')
      const outputs = await run(one, part)
      for (const name of part) values.get(name)!.push(outputs[name]!.data as Float32Array)
    }
    for (const name of part) {
      const range = calibratedRange(values.get(name)!, recipe.calibration, recipe.percentile)
      if (range !== null) ranges.set(name, range)
    }
    context.onProgress((start + part.length) / names.length, 'Calibrating')
  }
  return ranges
}

/** So many of a list, from its first to its last. */
function evenly<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list]
  return Array.from({ length: count }, (_, index) => list[Math.round((index * (list.length - 1)) / (count - 1))]!)
}
