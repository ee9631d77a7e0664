import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The command as a script would call it, on a tiny model. `npm run build` makes the bundle.

const isBuilt = existsSync('dist/cli/atelier.cjs')
let folder = ''
let env: NodeJS.ProcessEnv = {}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-speculate-'))
  env = {
    ...process.env,
    ATELIER_DATA: join(folder, 'data'),
    ATELIER_MODELS: join(process.cwd(), 'test-fixtures/models'),
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function speculate(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['bin/atelier.cjs', 'speculate', '-m', 'tiny-causal-lm', ...args],
    { env, encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

interface Printed {
  readonly runs: {
    strategy: string
    settings: { draftModel?: string }
    text: string
    tokens: number
    speedup: number
    tokensPerForward: number
  }[]
}

describe.skipIf(!isBuilt)('atelier speculate', () => {
  it('prints one object for programs, with plain decoding first and nothing else on standard output', () => {
    const { status, stdout } = speculate(
      'Hello',
      '--race',
      'lookup,mtp',
      '--max-tokens',
      '24',
      '-p',
      'float32',
      '--json',
    )
    expect(status).toBe(0)
    const { runs } = JSON.parse(stdout) as Printed
    expect(runs.map(({ strategy }) => strategy)).toEqual(['plain', 'lookup', 'mtp'])
    for (const run of runs) {
      expect(run.tokens).toBeGreaterThan(0)
      expect(run.tokensPerForward).toBeGreaterThanOrEqual(1)
      expect(run.text).toBe(runs[0]?.text)
    }
  })

  it('drafts with another model of the library', () => {
    const { status, stdout } = speculate(
      'Hello',
      '--strategy',
      'draft',
      '--draft-model',
      'tiny-causal-lm-standard',
      '--max-tokens',
      '16',
      '--json',
    )
    expect(status).toBe(0)
    const { runs } = JSON.parse(stdout) as Printed
    expect(runs.map(({ strategy }) => strategy)).toEqual(['plain', 'draft'])
    expect(runs[1]?.settings.draftModel).toBe('tiny-causal-lm-standard')
    const missing = speculate('Hello', '--strategy', 'draft', '--draft-model', 'nobody')
    expect(missing.status).not.toBe(0)
    expect(missing.stderr).toContain('nobody')
  })

  it('shows people the text, what each colour means, and a verdict', () => {
    const { status, stdout } = speculate('Hello', '--strategy', 'medusa', '--tree', '3', '--max-tokens', '16')
    expect(status).toBe(0)
    expect(stdout).toContain('accepted  corrected  bonus')
    expect(stdout).toMatch(/plain +\d+ /)
    expect(stdout).toMatch(/medusa: .*(faster|Slower|No faster)/)
  })

  it('tells scripts what was wrong by its exit status, and people by the field and what to do', () => {
    expect(speculate('').status).toBe(2)
    expect(speculate().stderr).toContain('A prompt is needed')
    expect(speculate('x', '--draft-length', '0').status).toBe(2)
    expect(speculate('x', '--draft-length', '1000').stderr).toContain('at most 16')
    expect(speculate('x', '--temperature', '101').stderr).toContain('at most 100')
    expect(speculate('x', '--strategy', 'none').stderr).toContain('Use one of: plain')
    expect(speculate('x', '-p', 'int1').stderr).toContain('Use one of:')
    const long = speculate('word '.repeat(3000), '--max-tokens', '4000')
    expect(long.status).toBe(2)
    expect(long.stderr).toMatch(/context|tokens/i)
  })

  it('runs the evaluation set and writes a report', async () => {
    const output = join(folder, 'bench')
    const args = ['--bench', '--prompts', '2', '--race', 'lookup', '--max-tokens', '8', '-o', output, '--json']
    const { status, stdout, stderr } = speculate(...args)
    expect(status).toBe(0)
    // One signal stops all of the fourteen races: none may leave a listener behind.
    expect(stderr).not.toContain('Warning')
    const { categories, strategies } = JSON.parse(stdout) as { categories: string[]; strategies: string[] }
    expect(categories).toContain('overall')
    expect(strategies).toEqual(['plain', 'lookup'])
    expect(await readFile(join(output, 'report.html'), 'utf8')).toContain('<svg')
  })

  it('says why where no prompt of the evaluation set could be raced', () => {
    const args = ['--bench', '--prompts', '1', '--race', 'lookup', '--max-tokens', '2047', '-o', join(folder, 'none')]
    const { status, stderr } = speculate(...args)
    expect(status).toBe(2)
    expect(stderr).toContain('Ask for at most')
  })
})
