import type { Device, Provider } from '../../contract/devices'
import { cudaNotFetched, type ProbeOutcome } from './probe'
import { probeTolerance } from './probe-check'

interface Words {
  readonly reason: string
  readonly remedy: string
}

const updateDriver = 'Update the driver of your GPU and start the studio again.'

const missingGpu: Record<Exclude<Provider, 'cpu'>, Words> = {
  cuda: {
    reason: 'The CUDA libraries are there but do not load: the NVIDIA driver, CUDA 12 or cuDNN 9 is missing.',
    remedy: 'Install the NVIDIA driver, the CUDA 12 runtime and cuDNN 9, then start the studio again.',
  },
  dml: {
    reason: 'No GPU with DirectX 12 was found.',
    remedy: updateDriver,
  },
  coreml: {
    reason: 'CoreML does not run here.',
    remedy: 'Update macOS, or use WebGPU.',
  },
  webgpu: {
    reason: 'No GPU that WebGPU can use was found.',
    remedy:
      process.platform === 'linux'
        ? "Where there is a GPU, install its Vulkan driver (Mesa's or NVIDIA's) and libvulkan1, then start the studio again."
        : updateDriver,
  },
}

const notFetched: Words = {
  reason: 'The CUDA libraries of onnxruntime are not installed.',
  remedy: 'Run "npm run cuda" in the studio\'s folder (it fetches about 300 MB), then start the studio again.',
}

const notHere: Words = {
  reason: 'This build of onnxruntime has no such device.',
  remedy: 'Choose another device.',
}

function refusal(provider: Exclude<Provider, 'cpu'>, detail: string): Words {
  if (/backend not found/i.test(detail)) return notHere
  if (detail.includes(cudaNotFetched)) return notFetched
  return missingGpu[provider]
}

/** What a probe found, as people read it. */
export function describeProbe(provider: Provider, name: string, outcome: ProbeOutcome): Device {
  const device = { provider, name }
  const failed = ({ reason, remedy }: Words): Device => ({ ...device, available: false, reason, remedy })
  switch (outcome.kind) {
    case 'ran':
      if (outcome.error <= probeTolerance) {
        return { ...device, available: true, probeMilliseconds: outcome.milliseconds }
      }
      return failed({
        reason: `It computes wrong numbers: a test differs by ${(outcome.error * 100).toFixed(0)} %.`,
        remedy: updateDriver,
      })
    case 'refused':
      if (provider === 'cpu') return failed({ reason: outcome.detail, remedy: 'Install the studio again.' })
      return failed(refusal(provider, outcome.detail))
    case 'crashed':
      return failed({
        reason: `Its driver crashed during a test (${outcome.how}).`,
        remedy: updateDriver,
      })
    case 'silent':
      return failed({ reason: `It did not answer within ${outcome.seconds} s.`, remedy: updateDriver })
  }
}
