import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isZip, readZip, writeZip, type ArchiveFile } from './zip'

const file = fc.record({
  name: fc.string({ minLength: 1, maxLength: 30 }).filter((name) => !name.endsWith('/')),
  bytes: fc.uint8Array({ maxLength: 500 }),
})

/** Whether another program of this machine can be asked. */
function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', ''])
    return true
  } catch {
    return false
  }
}

describe('an archive', () => {
  it('gives back the files that were put in', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 8 }), (files: ArchiveFile[]) => {
        const archive = writeZip(files)
        expect(readZip(archive)).toEqual(files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) })))
        expect(isZip(archive)).toBe(files.length > 0)
      }),
    )
  })

  it('is the same for the same files', () => {
    const files = [{ name: 'a.txt', bytes: new TextEncoder().encode('hello') }]
    expect(writeZip(files)).toEqual(writeZip(files))
  })

  it.skipIf(!hasPython())('is read by other programs, and theirs is read here, packed too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zip-'))
    try {
      const ours = join(folder, 'ours.zip')
      const text = new TextEncoder().encode('some words '.repeat(100))
      await writeFile(ours, writeZip([{ name: 'ordner/größe.txt', bytes: text }]))
      const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    assert archive.read('ordner/größe.txt') == b'some words ' * 100
with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as archive:
    archive.writestr('a/b.txt', 'some words ' * 100)
    archive.writestr('folder/', '')
`
      const theirs = join(folder, 'theirs.zip')
      execFileSync('python3', ['-c', script, ours, theirs])
      const { readFile } = await import('node:fs/promises')
      expect(readZip(new Uint8Array(await readFile(theirs)))).toEqual([{ name: 'a/b.txt', bytes: text }])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('is refused where it is cut, changed or no archive at all, and never unpacks more than it says', () => {
    const bytes = new TextEncoder().encode('some words')
    const archive = writeZip([{ name: 'a.txt', bytes }])
    const changed = archive.slice()
    changed[35] = changed[35]! ^ 1
    const bomb = writeZip([{ name: 'a', bytes: deflateRawSync(Buffer.alloc(100_000)) }])
    // Method 8 in both headers, while the size says less than comes out.
    new DataView(bomb.buffer).setUint16(8, 8, true)
    new DataView(bomb.buffer).setUint16(bomb.length - 22 - 47 + 10, 8, true)
    for (const broken of [archive.subarray(0, -30), changed, bytes, new Uint8Array(), bomb]) {
      expect(() => readZip(broken)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', data: expect.objectContaining({ field: 'file' }) as object }),
      )
    }
  })
})
