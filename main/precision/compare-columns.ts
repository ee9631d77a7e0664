// A whole comparison: the reference first, then every column on the same input, then the search for a mix.

import { StudioError } from '../../contract/errors'
import type { PrecisionSettings, Recipe } from '../../contract/precision'
import type { Decibels, Kernel, Layer, LayerError, SearchResult } from '../../contract/precision-results'
import type { Provider } from '../../contract/devices'
import { profileGraph } from '../runtime/profile-graph'
import { recipeLabel } from './column-labels'
import { ColumnMaker, referenceRecipe, type MadeColumn } from './column-maker'
import { columnResult, failedColumn, type Measured, type RawColumn } from './column-result'
import { lowLayers, takesLayer } from './convert'
import { copyFeeds, GraphSet, type Feeds } from './graph-set'
import { layerCosts } from './layer-costs'
import { describeLayers, layerErrors, layerMilliseconds, referenceValues, type LayerSetting } from './layer-errors'
import { MixColumns } from './mix-columns'
import { searchMix } from './mix-search'
import { PeakMemory } from './peak-memory'
import { readChoices } from './pinned-choices'
import { Stages, type StageEvent } from './stages'
import type { SubjectContext, SubjectRunner } from './subject'
import { kernelsOf } from './truth'
import type { VariantStore } from './variant-store'
import { weightLayers } from './weight-layers'

export type ComparisonEvent =
  | StageEvent
  | { readonly type: 'start'; readonly columns: readonly Recipe[] }
  | { readonly type: 'column'; readonly column: number }
  | { readonly type: 'layers'; readonly layers: readonly Layer[] }
  | { readonly type: 'result'; readonly column: number; readonly result: RawColumn }
  | { readonly type: 'search'; readonly result: SearchResult }

export interface CompareOptions {
  readonly settings: PrecisionSettings
  readonly modelHash: string
  readonly graphs: Readonly<Record<string, string>>
  readonly roles: readonly string[]
  readonly mainRole: string
  readonly subject: SubjectRunner
  readonly store: VariantStore
  readonly provider: Provider
  readonly threads: number
  readonly isCancelled: () => boolean
  readonly emit: (event: ComparisonEvent) => void
}

const profiledRuns = 4

/** Runs a comparison. @throws StudioError CANCELLED after the events of what was measured, and as the reference's run does */
export async function compareColumns(options: CompareOptions): Promise<void> {
  await new Comparer(options).run()
}

interface Reference {
  readonly made: unknown
  readonly feeds: Feeds | null
  /** What the main graph chose on these inputs: see pinned-choices.ts. */
  readonly choices: Feeds
  readonly kernels: readonly Kernel[]
  readonly milliseconds: ReadonlyMap<string, number>
  /** Outputs of its layers, where these are wanted. */
  readonly values: ReadonlyMap<string, Float32Array> | null
}

/** What the search uses of a column that was measured. */
interface Finished {
  readonly kernels: readonly Kernel[]
  readonly sqnr: Decibels
}

class Comparer {
  readonly #options: CompareOptions
  readonly #maker: ColumnMaker
  readonly #columns: readonly Recipe[]
  readonly #stages: Stages

  constructor(options: CompareOptions) {
    this.#options = options
    this.#maker = new ColumnMaker(options)
    const asked = options.settings.columns.filter(({ column, keep }) => column !== 'fp32' || keep.length > 0)
    this.#columns = [referenceRecipe, ...asked]
    this.#stages = new Stages(this.#columns.length, options.settings.search !== undefined, options.emit)
  }

  async run(): Promise<void> {
    const { emit, settings } = this.#options
    emit({ type: 'start', columns: this.#columns })
    emit({ type: 'column', column: 0 })
    const reference = await this.#reference()
    const known = new Map<string, Finished>()
    for (const [index, recipe] of this.#columns.entries()) {
      this.#stages.column(index)
      const finished = index === 0 ? null : await this.#column(index, recipe, reference)
      if (finished !== null) known.set(JSON.stringify(recipe), finished)
    }
    if (settings.search !== undefined && reference.feeds !== null) await this.#search(reference, known)
  }

  /** Runs the reference and everything that the columns are held against. */
  async #reference(): Promise<Reference> {
    const { mainRole, settings, emit } = this.#options
    let feeds = null as Feeds | null
    let calls = 0
    const measured = await this.#measure(referenceRecipe, (seen) => {
      if (this.#options.subject.prefers(seen, feeds, calls)) feeds = copyFeeds(seen)
      calls += 1
    })
    const base = this.#maker.base(mainRole)
    const events = feeds === null ? [] : await this.#profile(measured.column, feeds)
    const milliseconds = layerMilliseconds(weightLayers(base), events)
    const kernels = kernelsOf(events)
    const choices = feeds === null ? {} : (await readChoices(base, [feeds], this.#options))[0]!
    let values: Reference['values'] = null
    if (settings.layers && feeds !== null) {
      this.#stages.tell('compare', 'Layers of the reference', 0.9)
      values = await referenceValues(base, this.#layerSetting({ feeds, choices }))
      emit({ type: 'layers', layers: describeLayers(base, values, milliseconds) })
    }
    const reference = { made: measured.made, feeds, choices, kernels, milliseconds, values }
    emit({ type: 'result', column: 0, result: this.#result(referenceRecipe, measured, reference, kernels, []) })
    return reference
  }

  /**
   * One column to its end; what keeps it from running is its result.
   * @param before what was measured of it already
   * @returns null where it could not be measured
   */
  async #column(
    index: number,
    recipe: Recipe,
    reference: Reference,
    before: Measured | null = null,
  ): Promise<Finished | null> {
    const { emit, mainRole, settings } = this.#options
    emit({ type: 'column', column: index })
    try {
      const measured = before ?? (await this.#measure(recipe))
      const { feeds, values, choices } = reference
      const kernels = feeds === null ? [] : kernelsOf(await this.#profile(measured.column, feeds))
      let layers: LayerError[] = []
      if (settings.layers && feeds !== null && values !== null) {
        this.#stages.tell('compare', `Layers of ${recipeLabel(recipe)}`, 0.85)
        const ranges = await this.#maker.ranges(mainRole, recipe, this.#context('convert', 0.85, 0))
        const path = measured.column.paths[mainRole]!
        layers = await layerErrors(
          { recipe, path, ranges },
          this.#maker.base(mainRole),
          values,
          this.#layerSetting({ feeds, choices }),
        )
      }
      this.#stopIfCancelled()
      const result = this.#result(recipe, measured, reference, kernels, layers)
      emit({ type: 'result', column: index, result })
      return { kernels, sqnr: result.errors.sqnr }
    } catch (error) {
      if (this.#options.isCancelled() || (error instanceof StudioError && error.code === 'CANCELLED')) throw error
      emit({ type: 'result', column: index, result: failedColumn(recipe, error) })
      return null
    }
  }

  async #search(reference: Reference, known: ReadonlyMap<string, Finished>): Promise<void> {
    const { settings, mainRole, roles, emit } = this.#options
    const request = settings.search!
    this.#stages.column(this.#columns.length)
    const context = this.#context('convert', 0, 0.2)
    const base = this.#maker.base(mainRole)
    const same = known.get(JSON.stringify(request.low))?.kernels
    const low = same ?? kernelsOf(await this.#profile(await this.#maker.make(request.low, context), reference.feeds!))
    const layers = weightLayers(base).filter((layer) => takesLayer(layer, request.low))
    const mixes = new MixColumns(this.#options.store, mainRole)
    const result = await searchMix({
      base,
      request,
      ranges: await this.#maker.ranges(mainRole, request.low, context),
      setting: this.#layerSetting({ feeds: reference.feeds!, choices: reference.choices }),
      costs: layerCosts(layers, request.low, reference, low),
      canRaiseAll: roles.some((role) => role !== mainRole && lowLayers(this.#maker.base(role), request.low).length > 0),
      measure: async (keep) => {
        const recipe = { ...request.low, keep: [...keep] }
        const before = known.get(JSON.stringify(recipe))
        if (before !== undefined) return before.sqnr
        this.#stages.mix(mixes.count, keep.length)
        const measured = await this.#measure(recipe)
        mixes.add(recipe, measured)
        return this.#options.subject.compare(reference.made, measured.made).errors.sqnr
      },
      onProgress: (fraction, label) => this.#stages.tell('measure', label, 0.2 + 0.8 * fraction),
    })
    emit({ type: 'search', result })
    this.#stages.found()
    // What was found is a column like any other: what is left of it is looked at now.
    await this.#column(this.#columns.length, result.recipe, reference, mixes.measuredOf(result.recipe))
  }

  /** Makes a column, loads it and runs the subject on it. */
  async #measure(recipe: Recipe, onMainRun?: (feeds: Feeds) => void): Promise<Measured> {
    const { subject, mainRole, provider, threads } = this.#options
    const column = await this.#maker.make(recipe, this.#context('convert', 0, 0.25))
    const memory = new PeakMemory()
    const graphs = new GraphSet({
      paths: column.paths,
      provider,
      threads,
      memory,
      ...(onMainRun === undefined
        ? {}
        : {
            onRun: (role: string, feeds: Feeds) => {
              if (role === mainRole) onMainRun(feeds)
            },
          }),
    })
    let measured: Measured
    try {
      const { made, run } = await subject.run(graphs, this.#context('compare', 0.25, 0.5))
      this.#stopIfCancelled()
      measured = { column, made, run, peakMemory: memory.read(), loadMilliseconds: graphs.loadMilliseconds }
    } finally {
      await graphs.release()
    }
    if (subject.complete === undefined) return measured
    const made = await subject.complete(measured.made, column.paths, this.#context('compare', 0.75, 0.05))
    this.#stopIfCancelled()
    return { ...measured, made }
  }

  #profile(column: MadeColumn, feeds: Feeds) {
    const { mainRole, provider, threads } = this.#options
    this.#stages.tell('measure', 'Which operations ran', 0.8)
    return profileGraph({ path: column.paths[mainRole]!, role: mainRole, provider, threads, runs: profiledRuns }, feeds)
  }

  #result(
    recipe: Recipe,
    measured: Measured,
    reference: Pick<Reference, 'made'>,
    kernels: readonly Kernel[],
    layers: readonly LayerError[],
  ): RawColumn {
    const { subject, graphs, mainRole } = this.#options
    const facts = { recipe, measured, kernels, layers, main: this.#maker.base(mainRole), own: graphs[mainRole]! }
    return columnResult(facts, subject.compare(reference.made, measured.made))
  }

  #layerSetting({ feeds, choices }: { feeds: Feeds; choices: Feeds }): LayerSetting {
    const { store, provider, threads, isCancelled } = this.#options
    return { store, provider, threads, feeds: { ...feeds, ...choices }, isCancelled }
  }

  #context(stage: 'convert' | 'compare', from: number, share: number): SubjectContext {
    return {
      isCancelled: this.#options.isCancelled,
      onProgress: (fraction, label) => this.#stages.tell(stage, label, from + share * fraction),
    }
  }

  #stopIfCancelled(): void {
    if (this.#options.isCancelled()) throw new StudioError('CANCELLED', 'The comparison was cancelled')
  }
}
