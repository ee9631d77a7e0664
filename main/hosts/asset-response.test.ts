import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assetResponse, parseRange } from './asset-response'

const bytes = new Uint8Array(1000).map((_, index) =>
  index < 8 ? [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a][index]! : index % 251,
)
const id = createHash('sha256').update(bytes).digest('hex')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assets-'))
  await mkdir(join(folder, id.slice(0, 2)))
  await writeFile(join(folder, id.slice(0, 2), id), bytes)
})
afterAll(() => rm(folder, { recursive: true }))

const get = (path: string, headers: Record<string, string> = {}) =>
  assetResponse(new Request(`http://studio/assets/${path}`, { headers }), folder)

describe('assetResponse', () => {
  it('serves a whole asset with its type, to be cached for ever', async () => {
    const response = await get(id)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
  })

  it('serves a part, the rest from a byte on, and the last bytes', async () => {
    for (const [range, from, to] of [
      ['bytes=10-19', 10, 20],
      ['bytes=990-', 990, 1000],
      ['bytes=-5', 995, 1000],
    ] as const) {
      const response = await get(id, { range })
      expect(response.status).toBe(206)
      expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/1000`)
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.slice(from, to))
    }
  })

  it('answers 416 to a range outside the file', async () => {
    const response = await get(id, { range: 'bytes=2000-3000' })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */1000')
  })

  it('answers 404 to unknown ids and to anything that is not an id', async () => {
    for (const path of ['0'.repeat(64), '../../../etc/passwd', '..%2f..%2fetc%2fpasswd', id.toUpperCase(), '']) {
      expect((await get(path)).status).toBe(404)
    }
  })

  it('answers 304 to who has it already', async () => {
    expect((await get(id, { 'if-none-match': `"${id}"` })).status).toBe(304)
  })
})

describe('parseRange', () => {
  it('refuses units, lists and nonsense', () => {
    for (const header of ['items=0-1', 'bytes=0-1,3-4', 'bytes=-', 'bytes=5-2', 'garbage'])
      expect(parseRange(header, 100)).toBeNull()
  })
})
