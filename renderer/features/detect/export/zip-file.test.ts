import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { zipFile } from './zip-file'

const entries = [
  { name: 'classes.txt', text: 'dog\ncat\n' },
  { name: 'holiday/straße 1.txt', text: '0 0.5 0.5 0.25 0.25 0.900000\n' },
  { name: 'empty.txt', text: '' },
]

describe('an archive', () => {
  it('has the check sum of the standard’s own example', async () => {
    const bytes = new DataView(await zipFile([{ name: 'a', text: '123456789' }]).arrayBuffer())
    expect(bytes.getUint32(14, true)).toBe(0xcbf43926)
  })

  it('lists every file once, and each at its place', async () => {
    const view = new DataView(await zipFile(entries).arrayBuffer())
    const end = view.byteLength - 22
    expect(view.getUint32(end, true)).toBe(0x06054b50)
    expect(view.getUint16(end + 10, true)).toBe(3)
    let at = view.getUint32(end + 16, true)
    for (const { name, text } of entries) {
      expect(view.getUint32(at, true)).toBe(0x02014b50)
      const local = view.getUint32(at + 42, true)
      expect(view.getUint32(local, true)).toBe(0x04034b50)
      const nameLength = view.getUint16(local + 26, true)
      const read = (from: number, length: number) => new TextDecoder().decode(new Uint8Array(view.buffer, from, length))
      expect(read(local + 30, nameLength)).toBe(name)
      expect(read(local + 30 + nameLength, view.getUint32(local + 22, true))).toBe(text)
      at += 46 + nameLength
    }
  })

  it('is read by another program', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'atelier-zip-'))
    try {
      const path = join(folder, 'run.zip')
      writeFileSync(path, new Uint8Array(await zipFile(entries).arrayBuffer()))
      const script =
        'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint("|".join(z.namelist()))'
      let names: string
      try {
        names = execFileSync('python3', ['-c', script, path], {
          encoding: 'utf8',
          env: { ...process.env, PYTHONIOENCODING: 'utf8' },
        })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return skip('Python is not here')
        throw error
      }
      expect(names.trim().split('|')).toEqual(entries.map(({ name }) => name))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
