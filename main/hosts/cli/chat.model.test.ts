import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// `atelier chat` as a script would call it, on a tiny model. `npm run build` makes the bundle.

const isBuilt = existsSync('dist/cli/atelier.cjs')
let folder = ''
let env: NodeJS.ProcessEnv = {}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-chat-'))
  env = {
    ...process.env,
    ATELIER_DATA: join(folder, 'data'),
    ATELIER_MODELS: join(process.cwd(), 'test-fixtures/models'),
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function atelier(args: string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/atelier.cjs', 'chat', ...args], {
    env,
    encoding: 'utf8',
    input,
  })
  return { status, stdout, stderr }
}
interface Line {
  readonly event: string
  readonly [key: string]: unknown
}
const lines = (stdout: string): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
const tiny = ['-m', 'tiny-causal-lm', '-p', 'float32', '--max-tokens', '12']

describe.skipIf(!isBuilt)('atelier chat', () => {
  it('answers a message on standard output, the same for the same seed, with what it took on the other stream', () => {
    const first = atelier([...tiny, 'Hello there'])
    expect(first.status).toBe(0)
    expect(first.stdout.trim()).not.toBe('')
    expect(first.stderr).toMatch(/12 tokens, [\d.]+ a second/)
    expect(atelier([...tiny, '-s', 'lookup', 'Hello there']).stdout).toBe(first.stdout)
  })

  it('prints one JSON object a line, whose text adds up to the answer', () => {
    const plain = atelier([...tiny, 'Hello there'])
    const { status, stdout } = atelier([...tiny, '--json', '-s', 'mtp', 'Hello there'])
    expect(status).toBe(0)
    const events = lines(stdout)
    expect(events[0]).toMatchObject({ event: 'turn', decision: { mode: 'read', rule: 'text-only' } })
    expect(events.at(-1)).toMatchObject({ event: 'done', status: 'complete' })
    const text = events.flatMap((line) => (line.event === 'text' ? [String(line['text'])] : [])).join('')
    expect(`${text}\n`).toBe(plain.stdout)
  })

  it('reads messages from standard input as one conversation, and goes on after one that is refused', () => {
    const { status, stdout, stderr } = atelier(
      tiny,
      'First\n/nothing\n/draw\nA cat\n/auto\nSecond\n/again\n/quit\nNever\n',
    )
    expect(status).toBe(0)
    expect(stderr).toContain('There is no /nothing')
    expect(stderr).toContain('MODEL_UNSUPPORTED')
    const prefills = [...stderr.matchAll(/(\d+) rows read(?:, (\d+) kept)?/g)]
    expect(prefills).toHaveLength(3)
    expect(Number(prefills[1]?.[2])).toBeGreaterThan(20)
    expect(stdout.split('\n').length).toBeGreaterThanOrEqual(3)
  })

  it('goes on with a conversation that it is given', () => {
    const first = lines(atelier([...tiny, '--json', 'Hello there']).stdout)
    const id = String(first[0]?.['conversationId'])
    const second = lines(atelier([...tiny, '--json', '-c', id, 'And then?']).stdout)
    expect(second[0]?.['conversationId']).toBe(id)
    expect(atelier([...tiny, '-c', 'none', 'Hello'])).toMatchObject({ status: 2 })
  })

  it('says what is wrong with the arguments, and how to mend it', async () => {
    const notes = join(folder, 'notes.txt')
    await writeFile(notes, 'no picture')
    for (const [args, words] of [
      [[...tiny, '--draw', '--edit', 'x'], 'cannot both be asked for'],
      [[...tiny, '--image', 'missing.png', 'x'], 'The file missing.png cannot be read'],
      [[...tiny, '--image', notes, 'x'], 'not a picture that can be read'],
      [[...tiny, ' '], 'The message is empty'],
      [[...tiny, '-s', 'magic', 'x'], 'There is no strategy "magic"'],
      [[...tiny, '--seed', 'many', 'x'], '--seed needs a number'],
    ] as const) {
      const { status, stderr } = atelier([...args])
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(words) as string })
    }
    expect(atelier(['-m', 'none', 'x'])).toMatchObject({ status: 3 })
    expect(atelier([...tiny, '--draw', 'a cat'])).toMatchObject({ status: 3 })
    const error = lines(atelier(['--json', '-m', 'none', 'x']).stdout)[0]
    expect(error).toMatchObject({ event: 'error', code: 'MODEL_NOT_FOUND', field: 'model' })
  })

  it('stops on Ctrl-C, keeps what was written and says so with status 130', async () => {
    const child = spawn(
      process.execPath,
      ['bin/atelier.cjs', 'chat', '-m', 'tiny-causal-lm', '--max-tokens', '400', '--json', 'Go on and on'],
      { env, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const had = out.includes('"event":"text"')
      out += chunk
      if (!had && out.includes('"event":"text"')) child.kill('SIGINT')
    })
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
    const last = lines(out).at(-1)
    // A fast machine may have finished by then.
    expect([
      [130, 'stopped'],
      [0, 'complete'],
    ]).toContainEqual([status, last?.['status']])
  })
})
