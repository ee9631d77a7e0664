import type { GraphGroup } from './graph-group'
import type { PlacedGraph } from './layout-group'

type Answer =
  { readonly turn: number; readonly placed: PlacedGraph } | { readonly turn: number; readonly problem: string }

export interface LayoutClient {
  /** Lays a graph out. A newer request makes older ones moot: their promises never settle. */
  layout(group: GraphGroup): Promise<PlacedGraph>
  dispose(): void
}

/** Where layouts are made: in a worker of its own, so that the page answers meanwhile. */
export function createLayoutClient(): LayoutClient {
  let worker: Worker | null = null
  let turn = 0
  let waiting: { readonly resolve: (placed: PlacedGraph) => void; readonly reject: (error: Error) => void } | null =
    null

  function start(): Worker {
    const started = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' })
    started.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.turn !== turn || waiting === null) return
      if ('placed' in data) waiting.resolve(data.placed)
      else waiting.reject(new Error(data.problem))
      waiting = null
    }
    started.onerror = (event) => {
      waiting?.reject(new Error(event.message || 'The layout could not be started'))
      waiting = null
    }
    return started
  }

  return {
    async layout(group) {
      // Where there are no workers, as in tests, the page does it itself.
      if (typeof Worker === 'undefined') return (await import('./layout-group')).layoutGroup(group)
      worker ??= start()
      turn += 1
      const asked = turn
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        worker?.postMessage({ turn: asked, group })
      })
    },
    dispose() {
      worker?.terminate()
      worker = null
    },
  }
}
