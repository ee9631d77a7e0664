import { expect, test } from './launch'

test('the page comes with its policy', async ({ page }) => {
  const headers = await page.evaluate(async () => {
    const response = await fetch('studio://app/index.html')
    return Object.fromEntries(response.headers)
  })
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(headers['content-security-policy']).toContain("script-src 'self'")
  expect(headers['content-security-policy']).not.toContain('unsafe-eval')
  expect(headers['x-content-type-options']).toBe('nosniff')
})

test('the policy is in force', async ({ page }) => {
  const blocked = await page.evaluate(async () => {
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.wasRun = true'
    document.head.append(script)
    await fetch('https://example.com/').catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { violations, wasRun: 'wasRun' in window }
  })
  expect(blocked).toEqual({ violations: ['script-src-elem', 'connect-src'], wasRun: false })
})

test('a new window is denied', async ({ desktop, page }) => {
  const opened = await page.evaluate(() => window.open('studio://app/') !== null)
  expect(opened).toBe(false)
  expect(desktop.windows()).toHaveLength(1)
})

test('links to known sites open in the browser, others nowhere', async ({ desktop, page }) => {
  await desktop.evaluate(({ shell }) => {
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    shell.openExternal = async (url) => void asked.push(url)
  })
  await page.evaluate(() => {
    window.open('https://huggingface.co/models')
    window.open('https://example.com/')
    window.open('file:///etc/passwd')
  })
  await expect
    .poll(() => desktop.evaluate(() => (globalThis as unknown as { asked: string[] }).asked))
    .toEqual(['https://huggingface.co/models'])
})

test('the page cannot be led away', async ({ page }) => {
  for (const url of ['https://example.com/', 'studio://asset/', 'file:///etc/passwd', 'data:text/html,hello']) {
    await page.evaluate((target) => {
      window.location.href = target
    }, url)
  }
  await page.waitForTimeout(300)
  expect(page.url()).toBe('studio://app/')
  expect(await page.evaluate(() => 'atelier' in window)).toBe(true)
})

test('permissions are denied but for the few that are needed', async ({ page }) => {
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'clipboard-write']
    const entries = await Promise.all(
      names.map(async (name) => [name, (await navigator.permissions.query({ name: name as PermissionName })).state]),
    )
    return Object.fromEntries(entries) as Record<string, string>
  })
  expect(states).toEqual({
    geolocation: 'denied',
    notifications: 'denied',
    camera: 'denied',
    microphone: 'denied',
    'clipboard-read': 'denied',
    'clipboard-write': 'granted',
  })
})

test('nothing outside the page can be read through the scheme', async ({ page }) => {
  const statuses = await page.evaluate(async () => {
    const urls = [
      'studio://app/../package.json',
      'studio://app/..%2f..%2fpackage.json',
      'studio://app/%2e%2e/%2e%2e/package.json',
      'studio://app//etc/passwd.txt',
    ]
    return Promise.all(urls.map(async (url) => (await fetch(url)).status))
  })
  expect(statuses).toEqual([404, 404, 404, 404])
})

test('what is written to is refused', async ({ page }) => {
  const status = await page.evaluate(async () => (await fetch('studio://app/', { method: 'POST', body: 'x' })).status)
  expect(status).toBe(405)
})
