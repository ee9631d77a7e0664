import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../contract/client'
import type { Failure } from '../../contract/errors'
import type { Model } from '../../contract/models'
import { failureOf } from '../client/failure'

export interface ModelsState {
  readonly models: readonly Model[]
  readonly isLoaded: boolean
  readonly failure: Failure | null
  refresh(): Promise<void>
  addFolder(folder: string): Promise<Failure | null>
  removeFolder(folder: string): Promise<Failure | null>
}

export type ModelsStore = StoreApi<ModelsState>

export function createModelsStore(client: StudioClient): ModelsStore {
  return createStore<ModelsState>((set) => {
    async function load(call: () => Promise<Model[]>): Promise<Failure | null> {
      try {
        set({ models: await call(), isLoaded: true, failure: null })
        return null
      } catch (error) {
        return failureOf(error)
      }
    }
    return {
      models: [],
      isLoaded: false,
      failure: null,
      async refresh() {
        const failure = await load(() => client.models.list())
        if (failure) set({ failure })
      },
      addFolder: (folder) => load(() => client.models.addFolder({ folder })),
      removeFolder: (folder) => load(() => client.models.removeFolder({ folder })),
    }
  })
}

export function imageModels(state: ModelsState): readonly Model[] {
  return state.models.filter((model) => model.image !== undefined || model.family === 'sd3')
}

/** Once it is known which models there are, or why it cannot be known. */
export function modelsSettled(models: ModelsStore): Promise<void> {
  const isSettled = ({ isLoaded, failure }: ModelsState) => isLoaded || failure !== null
  return new Promise((resolve) => {
    if (isSettled(models.getState())) return resolve()
    const stop = models.subscribe((state) => {
      if (!isSettled(state)) return
      stop()
      resolve()
    })
  })
}
