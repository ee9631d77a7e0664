import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cudaNotFetched, runProbe } from './probe'
import { probeTolerance } from './probe-check'
import { describeProbe } from './probe-words'
import { bundleForTest } from './testing/bundle'
import { temporaryFolder } from './testing/sample-graphs'

const folder = join('resources', 'probe')
const scratch = temporaryFolder()
afterAll(() => scratch.remove())

let entry: string
beforeAll(async () => {
  entry = await bundleForTest('main/runtime/probe-process.ts')
})

/** A process that does something else than probing. */
function impostor(name: string, source: string): string {
  const path = join(scratch.path, `${name}.cjs`)
  writeFileSync(path, source)
  return path
}

describe('probing', () => {
  it('finds that the CPU computes the right numbers', async () => {
    const outcome = await runProbe('cpu', { entry, folder })
    if (outcome.kind !== 'ran') return expect.fail(JSON.stringify(outcome))
    expect(outcome.error).toBeLessThan(1e-5)
    expect(outcome.milliseconds).toBeGreaterThan(0)
    expect(describeProbe('cpu', 'CPU', outcome)).toEqual({
      provider: 'cpu',
      name: 'CPU',
      available: true,
      probeMilliseconds: outcome.milliseconds,
    })
  })

  it('says that a device is not in this build', async () => {
    const provider = process.platform === 'darwin' ? 'dml' : 'coreml'
    const outcome = await runProbe(provider, { entry, folder })
    expect(outcome.kind).toBe('refused')
    expect(describeProbe(provider, 'GPU', outcome)).toMatchObject({
      available: false,
      reason: 'This build of onnxruntime has no such device.',
    })
  })

  it('survives a driver that crashes', async () => {
    const crash = impostor('crash', 'process.stderr.write("stack"); process.abort()')
    const outcome = await runProbe('webgpu', { entry: crash, folder })
    expect(outcome).toMatchObject({ kind: 'crashed', detail: expect.stringContaining('stack') })
    expect(describeProbe('webgpu', 'GPU', outcome).reason).toMatch(/^Its driver crashed during a test \(.+\)\.$/)
  })

  it('ends a driver that hangs', async () => {
    const hang = impostor('hang', 'setInterval(() => undefined, 1000)')
    const outcome = await runProbe('webgpu', { entry: hang, folder }, 500)
    expect(describeProbe('webgpu', 'GPU', outcome).reason).toBe('It did not answer within 0.5 s.')
  })
})

describe('what a probe found, in words', () => {
  const remedyFor = (detail: string): string | undefined =>
    describeProbe('cuda', 'GPU', { kind: 'refused', detail }).remedy

  it('tells libraries that were never fetched from a driver that is missing', () => {
    expect(remedyFor(cudaNotFetched)).toContain('npm run cuda')
    expect(remedyFor('OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library')).toContain(
      'cuDNN 9',
    )
    expect(remedyFor('CUDA failure 100: no CUDA-capable device is detected')).toContain('NVIDIA driver')
  })

  it('does not trust a device that computes wrong numbers', () => {
    const device = describeProbe('webgpu', 'GPU', { kind: 'ran', error: probeTolerance * 10, milliseconds: 1 })
    expect(device).toMatchObject({ available: false, reason: 'It computes wrong numbers: a test differs by 30 %.' })
  })
})
