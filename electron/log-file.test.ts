import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogFile } from './log-file'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('whole lines are taken down, however they arrive', async () => {
  const path = join(folder, 'logs', 'atelier.log')
  const stream = new PassThrough()
  new LogFile(path).collect('engine', stream)
  const bytes = Buffer.from('first line\n\r\nsecond: ü\nlast')
  for (const byte of bytes) stream.write(Buffer.from([byte]))
  stream.end()
  await finished(stream)
  const lines = readFileSync(path, 'utf8').split('\n')
  expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual([
    '[engine] first line',
    '[engine] second: ü',
    '[engine] last',
    '',
  ])
})

test('a new file is begun before the old one grows too large, and the oldest are dropped', () => {
  const log = new LogFile(join(folder, 'atelier.log'), 200)
  for (let i = 0; i < 20; i++) log.write('shell', `entry ${i}`)
  expect(readdirSync(folder).sort()).toEqual(['atelier.log', 'atelier.log.1', 'atelier.log.2'])
  expect(readFileSync(join(folder, 'atelier.log'), 'utf8')).toContain('entry 19')
  expect(readFileSync(join(folder, 'atelier.log.2'), 'utf8')).not.toContain('entry 19')
})
