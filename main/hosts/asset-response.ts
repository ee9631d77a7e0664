import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { assetIdSchema } from '../../contract/ids'
import { sniffMediaType } from '../storage/media-type'

/** First and last byte that a Range header asks for; null where it cannot be satisfied. */
export function parseRange(header: string, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim())
  if (match === null) return null
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return null
  // "-500" means the last 500 bytes.
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start <= end && start < size ? { start, end } : null
}

/**
 * Serves `…/<asset id>` from the asset store, whole or in part. Assets never change, so they may be cached for ever.
 * Shared by the web host and by the desktop's own scheme.
 */
export async function assetResponse(request: Request, assetsFolder: string): Promise<Response> {
  const id = assetIdSchema.safeParse(new URL(request.url).pathname.split('/').at(-1))
  if (!id.success) return new Response('Not found', { status: 404 })
  const path = join(assetsFolder, id.data.slice(0, 2), id.data)
  let size: number
  const head = new Uint8Array(16)
  try {
    const file = await open(path, 'r')
    try {
      size = (await file.stat()).size
      await file.read(head, 0, head.length, 0)
    } finally {
      await file.close()
    }
  } catch {
    return new Response('Not found', { status: 404 })
  }
  const headers: Record<string, string> = {
    'content-type': sniffMediaType(head) ?? 'application/octet-stream',
    'cache-control': 'private, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    // A picture that was uploaded must not become a page.
    'content-security-policy': "default-src 'none'; sandbox",
    etag: `"${id.data}"`,
  }
  if (request.headers.get('if-none-match') === headers['etag']) return new Response(null, { status: 304, headers })

  const rangeHeader = request.headers.get('range')
  const range = rangeHeader === null ? { start: 0, end: size - 1 } : parseRange(rangeHeader, size)
  if (range === null) {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } })
  }
  headers['content-length'] = String(range.end - range.start + 1)
  if (rangeHeader !== null) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`
  const body = request.method === 'HEAD' ? null : Readable.toWeb(createReadStream(path, range))
  return new Response(body as ReadableStream<Uint8Array> | null, { status: rangeHeader === null ? 200 : 206, headers })
}
