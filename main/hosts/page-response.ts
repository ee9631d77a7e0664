import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
}

/**
 * What a page of the studio may load and reach: itself, and pictures of its own.
 * @param extraSources origins beside 'self' that pictures come from, such as `studio:`
 */
export function contentSecurityPolicy(extraSources: readonly string[] = []): string {
  const pictures = ["'self'", 'blob:', 'data:', ...extraSources].join(' ')
  const connect = ["'self'", ...extraSources].join(' ')
  return [
    "default-src 'none'",
    "script-src 'self'",
    // React writes element styles through the CSSOM, which this does not concern; sheets come from files alone.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    `img-src ${pictures}`,
    `media-src ${pictures}`,
    `connect-src ${connect}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

async function fileAt(path: string): Promise<string | null> {
  try {
    return (await stat(path)).isFile() ? path : null
  } catch {
    return null
  }
}

/**
 * Serves the built page. A path without an extension gets `index.html`, so that the page's own addresses can be
 * reloaded. Nothing outside the folder can be reached.
 */
export async function pageResponse(
  request: Request,
  folder: string,
  policy = contentSecurityPolicy(),
): Promise<Response> {
  const { pathname } = new URL(request.url)
  let relative: string
  try {
    relative = normalize(decodeURIComponent(pathname))
  } catch {
    return new Response('Bad address', { status: 400 })
  }
  if (relative.split(sep).includes('..') || relative.includes('\0')) return new Response('Not found', { status: 404 })
  const wanted = extname(relative) === '' ? 'index.html' : relative
  const path = await fileAt(join(folder, wanted))
  if (path === null) {
    const missing = wanted === 'index.html' ? 'The page is not built. Run "npm run build".' : 'Not found'
    return new Response(missing, { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } })
  }
  const extension = extname(path)
  return new Response(new Uint8Array(await readFile(path)), {
    headers: {
      ...securityHeaders,
      'content-type': mediaTypes[extension] ?? 'application/octet-stream',
      'content-security-policy': policy,
      // Built files carry a hash in their names, the page itself does not.
      'cache-control': extension === '.html' ? 'no-cache' : 'public, max-age=31536000, immutable',
    },
  })
}
