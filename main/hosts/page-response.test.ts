import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentSecurityPolicy, pageResponse } from './page-response'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'page-'))
  await mkdir(join(root, 'page/assets'), { recursive: true })
  await writeFile(join(root, 'secret.txt'), 'secret')
  await writeFile(join(root, 'page/index.html'), '<!doctype html><title>page</title>')
  await writeFile(join(root, 'page/assets/app-1a2b.js'), 'export {}')
})
afterAll(() => rm(root, { recursive: true }))

const get = (path: string) => pageResponse(new Request(`http://studio${path}`), join(root, 'page'))

describe('pageResponse', () => {
  it('serves the page for its own addresses, with the policy in a header', async () => {
    for (const path of ['/', '/image', '/image/some-run']) {
      const response = await get(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy())
      expect(await response.text()).toContain('<title>page</title>')
    }
  })

  it('lets built files be cached for ever and the page not at all', async () => {
    expect((await get('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable')
    expect((await get('/')).headers.get('cache-control')).toBe('no-cache')
  })

  it('never reaches outside its folder', async () => {
    for (const path of ['/../secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%00.js', '/%']) {
      const response = await get(path)
      expect([400, 404]).toContain(response.status)
      expect(await response.text()).not.toContain('secret')
    }
  })
})

describe('contentSecurityPolicy', () => {
  it('allows no scripts but the page’s own files and nothing from elsewhere', () => {
    const policy = contentSecurityPolicy()
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toMatch(/https?:|\*/)
  })
})
