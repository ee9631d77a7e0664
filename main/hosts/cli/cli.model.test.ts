import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPictureMetadata } from '../../storage/png-metadata'

// The command as a script would call it, on a tiny model. `npm run build` makes the bundle.

const isBuilt = existsSync('dist/cli/atelier.cjs')
let folder = ''
let env: NodeJS.ProcessEnv = {}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'))
  env = {
    ...process.env,
    ATELIER_DATA: join(folder, 'data'),
    ATELIER_MODELS: join(process.cwd(), 'test-fixtures/models'),
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function atelier(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/atelier.cjs', ...args], {
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const events = (stdout: string): { event: string; [key: string]: unknown }[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string })
const tiny = ['-m', 'tiny-sd3', '--size', '64', '--guidance', '2']

describe.skipIf(!isBuilt)('atelier', () => {
  it('draws a picture into the file that was named, with its settings inside', async () => {
    const path = join(folder, 'out.png')
    const { status, stdout } = atelier('generate', 'a lighthouse', ...tiny, '--steps', '3', '--seed', '7', '-o', path)
    expect(status).toBe(0)
    expect(stdout).toContain(`${path}  seed 7`)
    const png = await readFile(path)
    expect(await sharp(png).metadata()).toMatchObject({ width: 64, height: 64, format: 'png' })
    expect(readPictureMetadata(png)?.settings).toMatchObject({ prompt: 'a lighthouse', seed: 7, steps: 3 })
  })

  it('numbers the files of a batch and prints one JSON object a line', () => {
    const path = join(folder, 'batch.png')
    const { status, stdout } = atelier(
      'generate',
      'a boat',
      ...tiny,
      '--steps',
      '2',
      '--seed',
      '3',
      '-c',
      '2',
      '--json',
      '-o',
      path,
    )
    expect(status).toBe(0)
    const images = events(stdout).filter(({ event }) => event === 'image')
    expect(images).toMatchObject([
      { path: join(folder, 'batch-1.png'), seed: 3 },
      { path: join(folder, 'batch-2.png'), seed: 4 },
    ])
    expect(existsSync(join(folder, 'batch-2.png'))).toBe(true)
    expect(events(stdout).some(({ event }) => event === 'progress')).toBe(true)
  })

  it('tells scripts what was wrong by its exit status and by a code', () => {
    expect(atelier('generate', 'x', '-m', 'none').status).toBe(3)
    expect(atelier('generate', 'x', ...tiny, '--steps', '0').status).toBe(2)
    expect(atelier('generate', 'x', ...tiny, '--steps', 'many').status).toBe(2)
    expect(atelier('generate').status).toBe(2)
    expect(atelier('no-such-command').status).toBe(2)
    const { status, stdout } = atelier('generate', ' ', ...tiny, '--json')
    expect(status).toBe(2)
    expect(events(stdout).at(-1)).toMatchObject({ event: 'error', code: 'INVALID_INPUT', field: 'prompt' })
  })

  it('stops at Ctrl-C, keeps what is there, and says so', async () => {
    const path = join(folder, 'stopped.png')
    const args = [
      'bin/atelier.cjs',
      'generate',
      'a long one',
      ...tiny,
      '--steps',
      '200',
      '-c',
      '60',
      '--json',
      '-o',
      path,
    ]
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (/"step":[1-9]/.test(text)) child.kill('SIGINT')
    })
    const status = await new Promise((resolve) => child.once('exit', resolve))
    expect(status).toBe(130)
    expect(events(stdout).filter(({ event }) => event === 'image')).toMatchObject([{ partial: true }])
  })

  it('lists the models, the broken ones with what is wrong', () => {
    const { status, stdout } = atelier('models', 'list', '--json')
    expect(status).toBe(0)
    expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toContain('tiny-sd3')
  })
})
