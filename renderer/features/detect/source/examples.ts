import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DetectionExample } from '../../../../contract/detection'
import type { Studio } from '../../../studio/studio'

/** Bundled pictures to begin with. */
export interface Examples {
  readonly store: StoreApi<{ readonly examples: readonly DetectionExample[] }>
  load(): Promise<void>
}

export function createExamples(studio: Studio): Examples {
  const store = createStore<{ readonly examples: readonly DetectionExample[] }>(() => ({ examples: [] }))
  return {
    store,
    async load() {
      try {
        store.setState({ examples: await studio.client.detection.examples() })
      } catch (error) {
        studio.report('Looking for examples', error)
      }
    },
  }
}
