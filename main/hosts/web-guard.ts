import { sameToken } from './web-token'

const cookieName = 'atelier-token'

function cookieToken(header: string | null): string | null {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.trim().split('=')
    if (name === cookieName && value !== undefined) return value
  }
  return null
}

/** The cookie that carries the token after the first visit, so that the address can drop it. */
export function tokenCookie(token: string): string {
  return `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`
}

export interface GuardRequest {
  readonly url: URL
  readonly host: string | null
  readonly origin: string | null
  readonly cookie: string | null
  readonly authorization: string | null
}

export type Verdict =
  { readonly allowed: true } | { readonly allowed: false; readonly status: 401 | 403; readonly reason: string }

/**
 * Decides whether a request may come in: it must name a host that is ours (against DNS rebinding), come from our own
 * page where it says where from (against other pages in the same browser), and bring the token.
 */
export function judgeRequest(request: GuardRequest, options: { token: string; hosts: ReadonlySet<string> }): Verdict {
  const { host, origin } = request
  if (host === null || !options.hosts.has(host.toLowerCase())) {
    return { allowed: false, status: 403, reason: 'This address is not served here' }
  }
  if (origin !== null && origin !== `http://${host}`) {
    return { allowed: false, status: 403, reason: 'Requests from other pages are refused' }
  }
  const bearer = /^Bearer (\S+)$/.exec(request.authorization ?? '')?.[1]
  const given = request.url.searchParams.get('token') ?? bearer ?? cookieToken(request.cookie)
  if (given === null || !sameToken(given, options.token)) {
    return {
      allowed: false,
      status: 401,
      reason: 'Open the address that "atelier serve" printed: it carries the key to this studio',
    }
  }
  return { allowed: true }
}
