import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../contract/client'
import type { DeviceStatus, Memory } from '../../contract/devices'
import type { Failure } from '../../contract/errors'
import { failureOf } from '../client/failure'

export interface DevicesState {
  readonly status: DeviceStatus | null
  readonly memory: Memory | null
  refresh(): Promise<void>
  refreshMemory(): Promise<void>
  release(modelId: string): Promise<Failure | null>
}

export type DevicesStore = StoreApi<DevicesState>

export function createDevicesStore(client: StudioClient): DevicesStore {
  return createStore<DevicesState>((set) => ({
    status: null,
    memory: null,
    async refresh() {
      const [status, memory] = await Promise.all([client.devices.status(), client.devices.memory()])
      set({ status, memory })
    },
    async refreshMemory() {
      set({ memory: await client.devices.memory() })
    },
    async release(modelId) {
      try {
        set({ memory: await client.devices.release({ modelId: modelId }) })
        return null
      } catch (error) {
        return failureOf(error)
      }
    },
  }))
}
