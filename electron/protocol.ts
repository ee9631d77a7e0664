import { protocol } from 'electron'
import { assetResponse } from '../main/hosts/asset-response'
import { contentSecurityPolicy, pageResponse } from '../main/hosts/page-response'
import type { ShellPaths } from './paths'
import { appOrigin, assetOrigin, scheme } from './scheme'

/** To be called before the app is ready, once. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        corsEnabled: true,
        stream: true,
        codeCache: true,
      },
    },
  ])
}

function originOf(url: string): string {
  const { protocol: name, host } = new URL(url)
  return `${name}//${host}`
}

async function answerAsset(request: Request, folder: string): Promise<Response> {
  const response = await assetResponse(request, folder)
  // Assets have an origin of their own, and the page reads their pixels.
  response.headers.set('access-control-allow-origin', appOrigin)
  return response
}

/** Serves the page and the assets; nothing else is reachable under the scheme, and nothing is read from `file:`. */
export function setupProtocol(paths: ShellPaths): void {
  const policy = contentSecurityPolicy([assetOrigin])
  protocol.handle(scheme, async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405 })
    switch (originOf(request.url)) {
      case appOrigin:
        return pageResponse(request, paths.page, policy)
      case assetOrigin:
        return answerAsset(request, paths.assets)
      default:
        return new Response('Not found', { status: 404 })
    }
  })
}
