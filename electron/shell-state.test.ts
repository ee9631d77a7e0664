import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ShellMemory } from './shell-state'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-state-'))
  path = join(folder, 'window.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('what is changed is there at the next start', () => {
  const window = { bounds: { x: 1, y: 2, width: 1000, height: 700 }, maximized: true }
  new ShellMemory(path).change({ theme: 'light' })
  new ShellMemory(path).change({ window })
  expect(new ShellMemory(path).state).toEqual({ version: 1, theme: 'light', window })
})

test.each(['', 'null', '{"version":2}', '{"version":1,"theme":"pink"}', '{"version":1,"window":{"bounds":{"x":"0"}}}'])(
  'a file that holds %j is passed over',
  (text) => {
    writeFileSync(path, text)
    expect(new ShellMemory(path).state).toEqual({ version: 1, theme: 'system', window: null })
  },
)

test('a disk that cannot be written to is no reason to fail', () => {
  const memory = new ShellMemory(join(folder, 'missing', 'window.json'))
  memory.change({ theme: 'dark' })
  expect(memory.state.theme).toBe('dark')
})
