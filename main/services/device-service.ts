import { freemem, totalmem } from 'node:os'
import type { DeviceChoice, DeviceStatus, Memory, Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import type { Device } from '../../contract/devices'
import type { Settings } from '../../contract/settings'
import { chooseProvider } from '../runtime/providers'

/** The worker's view of what it holds. */
export interface ResidentModels {
  memory(): Promise<Memory['models']>
  release(modelId: string): Promise<void>
}

/** Which device runs models, why, and what memory they take. Devices are probed on first use and then remembered. */
export class DeviceService {
  readonly #probe: () => Promise<Device[]>
  readonly #settings: () => Settings
  readonly #resident: ResidentModels
  #devices: Promise<Device[]> | null = null

  constructor(needs: { probe: () => Promise<Device[]>; settings: () => Settings; resident: ResidentModels }) {
    this.#probe = needs.probe
    this.#settings = needs.settings
    this.#resident = needs.resident
  }

  async status(): Promise<DeviceStatus> {
    const { device: asked, strictDevice } = this.#settings()
    const devices = await this.#all()
    const { active, fallbackReason } = chooseProvider(asked, devices, strictDevice)
    return { asked, active, devices, ...(fallbackReason === undefined ? {} : { fallbackReason }) }
  }

  /** @throws StudioError DEVICE_UNAVAILABLE where the setting allows no other device */
  async choose(): Promise<{ provider: Provider; asked: DeviceChoice; fallbackReason?: string }> {
    const { device: asked, strictDevice } = this.#settings()
    // The CPU needs no probe, and a start on it should not wait for one.
    if (asked === 'cpu') return { provider: 'cpu', asked }
    const { active, fallbackReason } = chooseProvider(asked, await this.#all(), strictDevice)
    if (fallbackReason !== undefined && strictDevice) {
      throw new StudioError('DEVICE_UNAVAILABLE', fallbackReason, {
        field: 'device',
        remedy: 'Choose another device, or allow falling back to one, in Settings.',
      })
    }
    return { provider: active, asked, ...(fallbackReason === undefined ? {} : { fallbackReason }) }
  }

  async memory(): Promise<Memory> {
    return {
      process: process.memoryUsage.rss(),
      total: totalmem(),
      free: freemem(),
      models: await this.#resident.memory(),
    }
  }

  async release(modelId: string): Promise<Memory> {
    await this.#resident.release(modelId)
    return this.memory()
  }

  #all(): Promise<Device[]> {
    this.#devices ??= this.#probe().catch((error: unknown) => {
      this.#devices = null
      throw error
    })
    return this.#devices
  }
}
