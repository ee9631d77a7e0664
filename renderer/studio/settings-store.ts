import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../contract/client'
import type { Failure } from '../../contract/errors'
import type { Settings, SettingsPatch } from '../../contract/settings'
import { failureOf } from '../client/failure'

export interface SettingsState {
  readonly settings: Settings | null
  load(): Promise<void>
  /** Shows the change at once, and takes it back if the core refuses it. */
  change(patch: SettingsPatch): Promise<Failure | null>
}

export type SettingsStore = StoreApi<SettingsState>

export function createSettingsStore(client: StudioClient): SettingsStore {
  return createStore<SettingsState>((set, get) => ({
    settings: null,
    async load() {
      set({ settings: await client.settings.get() })
    },
    async change(patch) {
      const before = get().settings
      if (before) set({ settings: { ...before, ...withoutAbsent(patch) } })
      try {
        set({ settings: await client.settings.set(patch) })
        return null
      } catch (error) {
        set({ settings: before })
        return failureOf(error)
      }
    },
  }))
}

function withoutAbsent(patch: SettingsPatch): Partial<Settings> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
}
