import { describe, expect, it } from 'vitest'
import type { Device } from '../../contract/devices'
import { chooseProvider, platformProviders } from './providers'

const cpu: Device = { provider: 'cpu', name: 'CPU (2 threads)', available: true, probeMilliseconds: 5 }
const working: Device = { provider: 'webgpu', name: 'GPU (WebGPU)', available: true, probeMilliseconds: 3 }
const missing: Device = {
  provider: 'cuda',
  name: 'NVIDIA GPU (CUDA)',
  available: false,
  reason: 'The CUDA libraries of onnxruntime are not installed.',
}

describe('choosing a device', () => {
  it('takes the first that works where nothing is asked for', () => {
    expect(chooseProvider('auto', [missing, working, cpu], false)).toEqual({ active: 'webgpu' })
    expect(chooseProvider('auto', [missing, cpu], false)).toEqual({ active: 'cpu' })
  })

  it('passes over a software driver that is many times slower than the CPU', () => {
    const software = { ...working, probeMilliseconds: 900 }
    expect(chooseProvider('auto', [software, cpu], false)).toEqual({ active: 'cpu' })
    expect(chooseProvider('webgpu', [software, cpu], false)).toEqual({ active: 'webgpu' })
  })

  it('does not take a GPU for a software driver because the CPU is fast at small tasks', () => {
    const idleGpu = { ...working, probeMilliseconds: 8 }
    expect(chooseProvider('auto', [idleGpu, { ...cpu, probeMilliseconds: 0.5 }], false)).toEqual({ active: 'webgpu' })
  })

  it('says why what was asked for is not used', () => {
    expect(chooseProvider('cuda', [missing, working, cpu], false)).toEqual({
      active: 'cpu',
      fallbackReason:
        'NVIDIA GPU (CUDA) cannot be used. The CUDA libraries of onnxruntime are not installed. The CPU is used instead.',
    })
    expect(chooseProvider('dml', [cpu], false).fallbackReason).toContain('This platform does not have it.')
  })

  it('says that nothing runs where no other device may be used', () => {
    expect(chooseProvider('cuda', [missing, cpu], true).fallbackReason).toContain('Nothing runs')
    expect(chooseProvider('webgpu', [working, cpu], true)).toEqual({ active: 'webgpu' })
  })
})

describe('the devices of a platform', () => {
  it.each([
    ['win32', 'x64', 'dml webgpu cpu'],
    ['darwin', 'arm64', 'webgpu coreml cpu'],
    ['linux', 'x64', 'cuda webgpu cpu'],
    ['linux', 'arm64', 'webgpu cpu'],
  ] as const)('%s on %s: %s', (platform, arch, expected) => {
    expect(platformProviders(platform, arch).join(' ')).toBe(expected)
  })
})
