// Plants faults: replaces exports of the engine's modules for everything that is imported afterwards.

import { vi } from 'vitest'
import type * as Graphs from '../graphs'

/** What is wrong, the golden that must see it, and how it is planted. */
export type Fault = readonly [what: string, golden: string, plant: () => void]

const planted: string[] = []

/** @param module path as seen from this folder */
export function plant<M extends object>(module: string, change: (actual: M) => Partial<M>): void {
  planted.push(module)
  vi.resetModules()
  vi.doMock(module, async (importActual) => {
    const actual = await importActual<M>()
    return { ...actual, ...change(actual) }
  })
}

/** Takes all faults out again. */
export function uproot(): void {
  for (const module of planted.splice(0)) vi.doUnmock(module)
  vi.resetModules()
}

/** The graphs with some of their methods changed. */
export function withMethods(
  graphs: typeof Graphs,
  methods: (base: Graphs.BagelGraphs) => Partial<Graphs.BagelGraphs>,
): Partial<typeof Graphs> {
  return {
    BagelGraphs: class extends graphs.BagelGraphs {
      constructor(...options: ConstructorParameters<typeof Graphs.BagelGraphs>) {
        super(...options)
        const base = Object.create(graphs.BagelGraphs.prototype, {}) as object
        const bound = new Proxy(base, {
          get: (_, name) => (Reflect.get(graphs.BagelGraphs.prototype, name, this) as () => unknown).bind(this),
        })
        Object.assign(this, methods(bound as Graphs.BagelGraphs))
      }
    },
  }
}
