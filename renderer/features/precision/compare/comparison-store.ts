import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../../contract/errors'
import type { ComparisonId, JobId } from '../../../../contract/ids'
import type { PrecisionOptions, PrecisionSettings, Recipe } from '../../../../contract/precision'
import type {
  ColumnResult,
  Comparison,
  Layer,
  PrecisionEvent,
  SearchResult,
} from '../../../../contract/precision-results'

/** One precision on the bench: what it is, and what was measured of it once it was. */
export interface ShownColumn {
  readonly recipe: Recipe
  readonly result: ColumnResult | null
}

/** A comparison that runs, or one that was filed. */
export interface ShownComparison {
  readonly jobId: JobId | null
  readonly comparisonId: ComparisonId | null
  readonly settings: PrecisionSettings
  readonly modelName: string
  /** Such as "cpu, 2 threads"; empty until it began. */
  readonly machine: string
  readonly layers: readonly Layer[]
  /** The reference first; empty until it began. */
  readonly columns: readonly ShownColumn[]
  /** The column that is measured now. */
  readonly current: number | null
  readonly search: SearchResult | null
  readonly isRunning: boolean
  readonly isPartial: boolean
}

export interface ComparisonState {
  readonly shown: ShownComparison | null
  /** Why the last comparison did not come about, or broke off. */
  readonly failure: Failure | null
  /** What can be compared with the chosen model; null until it is known. */
  readonly options: PrecisionOptions | null
  /** The form was sent off with something missing. */
  readonly isAttempted: boolean
  readonly isOpening: boolean
}
export type ComparisonStore = StoreApi<ComparisonState>

export function createComparisonStore(): ComparisonStore {
  return createStore<ComparisonState>(() => ({
    shown: null,
    failure: null,
    options: null,
    isAttempted: false,
    isOpening: false,
  }))
}

/** A comparison that was queued just now. */
export function startedComparison(jobId: JobId, settings: PrecisionSettings, modelName: string): ShownComparison {
  return {
    jobId,
    comparisonId: null,
    settings,
    modelName,
    machine: '',
    layers: [],
    columns: [],
    current: null,
    search: null,
    isRunning: true,
    isPartial: false,
  }
}

/** A comparison as it was filed. */
export function filedComparison(record: Comparison): ShownComparison {
  return {
    jobId: null,
    comparisonId: record.id,
    settings: record.settings,
    modelName: record.modelName,
    machine: machineOf(record),
    layers: record.layers,
    columns: record.columns.map((result) => ({ recipe: result.recipe, result })),
    current: null,
    search: record.search,
    isRunning: false,
    isPartial: record.partial,
  }
}

function machineOf({ provider, threads }: { readonly provider: string; readonly threads: number }): string {
  return `${provider === 'cpu' ? 'CPU' : provider}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

/** Takes what came in since the last frame. A stream that begins anew tells everything again, which changes nothing. */
export function applyEvents(shown: ShownComparison, events: readonly PrecisionEvent[]): ShownComparison {
  return events.reduce(applyEvent, shown)
}

function applyEvent(shown: ShownComparison, event: PrecisionEvent): ShownComparison {
  switch (event.type) {
    case 'start':
      return {
        ...shown,
        modelName: event.modelName,
        machine: machineOf(event),
        columns: event.columns.map((recipe, index) => ({ recipe, result: shown.columns[index]?.result ?? null })),
      }
    case 'column':
      return { ...shown, current: event.column }
    case 'layers':
      return { ...shown, layers: event.layers }
    case 'result':
      return {
        ...shown,
        current: shown.current === event.column ? null : shown.current,
        columns: withResult(shown.columns, event.column, event.result),
      }
    case 'search':
      return { ...shown, search: event.result }
    case 'end':
      return { ...shown, comparisonId: event.comparisonId, isRunning: false, current: null }
  }
}

/** The mix that a search found is a column that nobody asked for: it comes after those that were. */
function withResult(columns: readonly ShownColumn[], place: number, result: ColumnResult): readonly ShownColumn[] {
  const known = place < columns.length ? columns : [...columns, { recipe: result.recipe, result }]
  return known.map((column, index) => (index === place ? { ...column, result } : column))
}
