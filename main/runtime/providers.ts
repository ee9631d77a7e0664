import type { Device, DeviceChoice, Provider } from '../../contract/devices'
import { defaultThreads } from './cpu-threads'
import { runProbe, type ProbeFiles } from './probe'
import { describeProbe } from './probe-words'

const names: Record<Provider, string> = {
  cuda: 'NVIDIA GPU (CUDA)',
  dml: 'GPU (DirectML)',
  coreml: 'Apple GPU and Neural Engine (CoreML)',
  webgpu: 'GPU (WebGPU)',
  cpu: 'CPU',
}

/**
 * Which providers onnxruntime-node may have on a platform, in the order in which they are preferred. CoreML comes after
 * WebGPU because it compiles a graph anew for every shape.
 */
export function platformProviders(platform: NodeJS.Platform, arch: string): readonly Provider[] {
  switch (platform) {
    case 'win32':
      return ['dml', 'webgpu', 'cpu']
    case 'darwin':
      return ['webgpu', 'coreml', 'cpu']
    default:
      return arch === 'x64' ? ['cuda', 'webgpu', 'cpu'] : ['webgpu', 'cpu']
  }
}

function nameOf(provider: Provider): string {
  if (provider !== 'cpu') return names[provider]
  const threads = defaultThreads()
  return `CPU (${threads} ${threads === 1 ? 'thread' : 'threads'})`
}

/**
 * Tries every device that this platform may have, each in a process of its own, one after another so that their times
 * can be compared. Takes a tenth of a second for each that is not there, and seconds for a GPU.
 */
export async function probeDevices(files: ProbeFiles): Promise<Device[]> {
  const devices: Device[] = []
  for (const provider of platformProviders(process.platform, process.arch)) {
    devices.push(describeProbe(provider, nameOf(provider), await runProbe(provider, files)))
  }
  return devices
}

/** A device this many times slower than the CPU at the probe is a software driver (those are some 300 times slower). */
const tooSlow = 10
/** A fast CPU may beat a GPU at a task this short, and still lose at every real one. */
const shortestToJudge = 50

/** Whether a device is worth choosing over the CPU without being asked for. */
function isFast(device: Device, devices: readonly Device[]): boolean {
  const cpu = devices.find(({ provider }) => provider === 'cpu')?.probeMilliseconds
  const own = device.probeMilliseconds
  return cpu === undefined || own === undefined || own < shortestToJudge || own < cpu * tooSlow
}

/**
 * What runs, given what was asked for and what works here. A device that was asked for by name and does not work gives
 * way to the CPU, with the reason.
 * @param devices in order of preference
 * @param strict whether anything may give way; the caller refuses to run where there is a reason then
 */
export function chooseProvider(
  asked: DeviceChoice,
  devices: readonly Device[],
  strict: boolean,
): { active: Provider; fallbackReason?: string } {
  if (asked === 'auto') {
    const fastest = devices.find((device) => device.available && isFast(device, devices))
    return { active: fastest?.provider ?? 'cpu' }
  }
  const device = devices.find(({ provider }) => provider === asked)
  if (device?.available === true) return { active: asked }
  const reason = device?.reason ?? 'This platform does not have it.'
  const instead = strict ? 'Nothing runs, as the settings allow no other device.' : 'The CPU is used instead.'
  return { active: 'cpu', fallbackReason: `${names[asked]} cannot be used. ${reason} ${instead}` }
}
