import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleForTest } from './testing/bundle'
import type { Comparison } from './testing/compare-providers'

// WebGPU's kernels checked against the CPU's through a Vulkan driver in software, which Debian's chromium package has:
// correctness alone, hundreds of times slower than any GPU. Mesa's lavapipe lacks features that WebGPU needs.
const driver = [process.env['VK_ICD_FILENAMES'], '/usr/lib/chromium/vk_swiftshader_icd.json'].find(
  (path) => path !== undefined && existsSync(path),
)
const models = join('test-fixtures', 'models', 'tiny-sd3')

/** Both sides compute in float32, but add in another order. */
const tolerance = 1e-4

const why = driver === undefined ? ' (no software Vulkan driver: set VK_ICD_FILENAMES, or install chromium)' : ''
describe.skipIf(driver === undefined || !existsSync(models))(`WebGPU and the CPU agree${why}`, () => {
  let entry: string
  beforeAll(async () => {
    entry = await bundleForTest('main/runtime/testing/compare-providers.ts')
  })

  // The others are made of the same operations, and building shaders takes seconds.
  const graphs = ['text_encoder', 'text_encoder_3', 'transformer', 'vae_decoder']
  it.each(graphs)(
    'on the %s',
    async (graph) => {
      const folder = dirname(driver ?? '')
      const { stdout } = await promisify(execFile)(process.execPath, [entry, join(models, graph, 'model.onnx')], {
        // The Vulkan loader lies beside the driver where no other one is installed.
        env: { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder },
      })
      const { differences } = JSON.parse(stdout) as Comparison
      expect(Object.keys(differences).length).toBeGreaterThan(0)
      for (const [output, difference] of Object.entries(differences)) expect(difference, output).toBeLessThan(tolerance)
    },
    120_000,
  )
})
