import type { DeviceStatus, Memory } from '../../contract/devices'
import type { Schedule } from '../../contract/images'
import { fakeModel } from './fake-data'

export function fakeSchedule({ steps, shift }: { readonly steps: number; readonly shift: number }): Schedule {
  return {
    sigmas: Array.from({ length: steps + 1 }, (_, index) => shifted(1 - index / steps, shift)),
    density: Array.from({ length: 65 }, (_, index) => density(index / 64, shift)),
  }
}

function shifted(sigma: number, shift: number): number {
  return (shift * sigma) / (1 + (shift - 1) * sigma)
}

/** Logit-normal density of sigma after the shift. */
function density(sigma: number, shift: number): number {
  if (sigma <= 0 || sigma >= 1) return 0
  const unshifted = sigma / (shift - (shift - 1) * sigma)
  const logit = Math.log(unshifted / (1 - unshifted))
  return Math.exp((-logit * logit) / 2) / (sigma * (1 - sigma) * Math.sqrt(2 * Math.PI))
}

export const fakeDevices: DeviceStatus = {
  asked: 'auto',
  active: 'cpu',
  devices: [
    { provider: 'cpu', name: 'CPU (8 threads)', available: true, probeMilliseconds: 3 },
    {
      provider: 'cuda',
      name: 'CUDA',
      available: false,
      reason: 'No NVIDIA driver was found',
      remedy: 'Install a driver.',
    },
  ],
}

export const fakeMemory: Memory = {
  process: 420_000_000,
  total: 16_000_000_000,
  free: 11_000_000_000,
  models: [
    { modelId: fakeModel.id, bytes: 61_000_000, graphs: [{ role: 'transformer', bytes: 61_000_000, provider: 'cpu' }] },
  ],
}

/** Where the fake core's pictures are: drawn on a canvas, so that no files are needed. A test has no canvas. */
export function fakeAssetUrl(assetId: string): string {
  const number = parseInt(assetId.slice(-8), 16)
  const known = drawn.get(assetId)
  if (known) return known
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 64
  const context = canvas.getContext('2d')
  if (context === null) return `fake:${assetId}`
  const hue = (number * 47) % 360
  context.fillStyle = `hsl(${hue} 55% 42%)`
  context.fillRect(0, 0, 64, 64)
  context.fillStyle = `hsl(${(hue + 60) % 360} 80% 70%)`
  context.beginPath()
  context.arc(32, 34, 12 + (number % 11), 0, Math.PI * 2)
  context.fill()
  const url = canvas.toDataURL('image/png')
  drawn.set(assetId, url)
  return url
}

const drawn = new Map<string, string>()
