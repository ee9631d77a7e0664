import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Inspection } from '../../../contract/inspection'
import type { InspectionCounts } from '../../../contract/inspection-counts'
import type { MeasuredBlocks, Profile } from '../../../contract/inspection-measures'

// The command as a script would call it. `npm run build` makes the bundle.

const isBuilt = existsSync('dist/cli/atelier.cjs')
const classic = 'test-fixtures/inspect/mobilenet-v2.onnx'
const tiny = 'test-fixtures/models/tiny-bagel/vision_encoder.onnx'
let folder = ''
let env: NodeJS.ProcessEnv = {}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-inspect-'))
  env = {
    ...process.env,
    ATELIER_DATA: join(folder, 'data'),
    ATELIER_MODELS: join(process.cwd(), 'test-fixtures/models'),
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function inspect(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/atelier.cjs', 'inspect', ...args], {
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status, stdout, stderr }
}

describe.skipIf(!isBuilt)('atelier inspect', () => {
  it('prints a row for each node, unknown numbers empty', () => {
    const { status, stdout } = inspect(classic, '--dims', 'batch=1', '--csv')
    expect(status).toBe(0)
    const [head, ...rows] = stdout.trim().split('\r\n')
    expect(head).toContain('macs')
    expect(rows).toHaveLength(152)
    expect(rows[0]).toContain(',10838016,')
    expect(inspect(classic, '--csv').stdout).toContain('Conv,/Conv_1,,? x 3 x 224 x 224')
  })

  it('says which sizes are missing, and never 0 for what is unknown', () => {
    const { stdout } = inspect(classic)
    expect(stdout).toContain('MACs needs dims')
    expect(stdout).toContain('--dims batch=1')
  })

  it('measures every node and gives the profile with the counts', () => {
    const { status, stdout, stderr } = inspect(
      tiny,
      '--dims',
      'P=9',
      '--profile',
      '--runs',
      '5',
      '--threads',
      '1',
      '--json',
    )
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const { inspection, counts, profile } = JSON.parse(stdout) as {
      inspection: Inspection
      counts: InspectionCounts
      profile: Profile
    }
    expect(inspection.nodes.length).toBe(counts.nodes.macs.length)
    expect(profile).toMatchObject({ runs: 5, threads: 1, sizes: { P: 9 } })
    expect(profile.mapped).toBeGreaterThan(0.95)
  })

  it('refuses a profile without sizes in words, with the status of bad input', () => {
    const { status, stderr } = inspect(tiny, '--profile')
    expect(status).toBe(2)
    expect(stderr).toContain('Give a size for P.')
  })

  it('measures what could stand for a convolution', () => {
    const { status, stdout } = inspect(classic, '--dims', 'batch=1', '--factorise', '/stage6/unit0/Conv_142', '--json')
    expect(status).toBe(0)
    const { convolution, blocks } = JSON.parse(stdout) as MeasuredBlocks
    expect(convolution).toMatchObject({ kernel: 3, inputChannels: 960, groups: 960, height: 7 })
    expect(blocks.map(({ name }) => name)).toContain('depthwise-separable')
  })

  it('shows every graph of a library model, or the one that is asked for', () => {
    const all = inspect('tiny-bagel')
    expect(all.status).toBe(0)
    for (const name of ['decoder.onnx', 'vae_decoder.onnx', 'lm_head.onnx']) expect(all.stdout).toContain(name)
    const one = inspect('tiny-bagel', '--graph', 'lm_head')
    expect(one.stdout).not.toContain('vae_decoder.onnx')
    expect(inspect('tiny-bagel', '--graph', 'tail').stderr).toContain('lm_head')
  })

  it('shows how two models differ', () => {
    const folders = ['tiny-sd3', 'tiny-sd3-gates'].map((name) =>
      join('test-fixtures', 'models', name, 'transformer', 'model.onnx'),
    )
    const { status, stdout } = inspect(folders[0]!, '--diff', folders[1]!)
    expect(status).toBe(0)
    expect(stdout).toMatch(/nodes: \d+ the same/)
    expect(stdout).toContain('block_gates')
  })

  it('reads files of weights alone', () => {
    const { stdout } = inspect('test-fixtures/checkpoints/tiny-bagel/ema.safetensors')
    expect(stdout).toContain('embed_tokens.weight')
  })
})
