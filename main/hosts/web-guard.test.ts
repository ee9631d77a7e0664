import { describe, expect, it } from 'vitest'
import { judgeRequest, tokenCookie } from './web-guard'

const token = 'a'.repeat(48)
const options = { token, hosts: new Set(['127.0.0.1:4747', 'localhost:4747']) }
const request = (part: Partial<Parameters<typeof judgeRequest>[0]>) =>
  judgeRequest(
    {
      url: new URL('http://studio/'),
      host: '127.0.0.1:4747',
      origin: null,
      cookie: null,
      authorization: null,
      ...part,
    },
    options,
  )

describe('judgeRequest', () => {
  it('lets in a request with the token in its address, cookie or authorization', () => {
    expect(request({ url: new URL(`http://studio/?token=${token}`) })).toEqual({ allowed: true })
    expect(request({ cookie: tokenCookie(token).split(';')[0]! })).toEqual({ allowed: true })
    expect(request({ authorization: `Bearer ${token}` })).toEqual({ allowed: true })
  })

  it('refuses a request without the token or with another one', () => {
    expect(request({})).toMatchObject({ status: 401 })
    expect(request({ cookie: `atelier-token=${'b'.repeat(48)}` })).toMatchObject({ status: 401 })
    expect(request({ cookie: 'atelier-token=' })).toMatchObject({ status: 401 })
  })

  it('refuses a host name that is not ours, even with the token, so that DNS rebinding gains nothing', () => {
    expect(request({ host: 'evil.example:4747', authorization: `Bearer ${token}` })).toMatchObject({ status: 403 })
    expect(request({ host: null, authorization: `Bearer ${token}` })).toMatchObject({ status: 403 })
  })

  it('refuses requests that another page in the same browser sends', () => {
    expect(request({ origin: 'http://evil.example', authorization: `Bearer ${token}` })).toMatchObject({ status: 403 })
    expect(request({ origin: 'null', authorization: `Bearer ${token}` })).toMatchObject({ status: 403 })
    expect(request({ origin: 'http://127.0.0.1:4747', authorization: `Bearer ${token}` })).toEqual({ allowed: true })
  })
})
