import type { Locator, Page } from '@playwright/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, startStudio, test } from './support/studio'

const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt', exact: true })
const pictures = (page: Page): Locator =>
  page.getByRole('grid', { name: 'Pictures' }).getByRole('button', { name: /^Image \d+ of \d+/ })

async function drawQuickly(page: Page, text: string): Promise<void> {
  const steps = page.getByRole('textbox', { name: 'Steps, exact' })
  await steps.fill('2')
  await steps.press('Enter')
  await prompt(page).fill(text)
  await prompt(page).press('Control+Enter')
  await expect(pictures(page)).toHaveCount(1, { timeout: 60_000 })
}

async function boxOf(part: Locator): Promise<{ left: number; right: number; top: number; bottom: number }> {
  const box = await part.boundingBox()
  if (box === null) throw new Error('It is not on the page')
  return { left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height }
}

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 1100, height: 700 },
]) {
  test(`a toast covers neither pictures nor the button to draw, ${viewport.width} wide`, async ({ app }) => {
    await app.setViewportSize(viewport)
    await drawQuickly(app, 'a red apple')
    await pictures(app).first().focus()
    await app.keyboard.press('s')
    const toast = app.locator('[data-sonner-toast]').filter({ hasText: 'Seed set' })
    await expect(toast).toBeVisible()
    // It slides in from below.
    await app.waitForTimeout(600)
    const { left, right, top, bottom } = await boxOf(toast)
    expect(left).toBeGreaterThanOrEqual(0)
    const parts = {
      results: app.getByRole('region', { name: 'Pictures', exact: true }),
      trajectory: app.getByRole('slider', { name: 'Frame of the trajectory' }),
      draw: app.getByRole('button', { name: 'Add to queue' }),
    }
    for (const [name, part] of Object.entries(parts)) {
      const box = await boxOf(part)
      const isApart = right <= box.left || left >= box.right || bottom <= box.top || top >= box.bottom
      expect(isApart, name).toBe(true)
    }
  })
}

test('every control has one name, said once', async ({ app }) => {
  await drawQuickly(app, 'a yellow star')
  await app.getByRole('button', { name: 'More', exact: true }).click()
  const session = await app.context().newCDPSession(app)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const controls = new Set(['button', 'slider', 'textbox', 'switch', 'radio', 'link', 'tab', 'spinbutton', 'img'])
  const named = nodes
    .filter(({ ignored, role }) => !ignored && controls.has(String(role?.value)))
    .map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? '').trim() }))
  expect(named.length).toBeGreaterThan(40)
  expect(named.filter(({ name }) => name === '' || /^(.+)\s+\1$/.test(name))).toEqual([])
})

test('a page whose host was away reconnects at a click, and keeps what was typed', async ({ page }) => {
  const data = await mkdtemp(join(tmpdir(), 'atelier-e2e-'))
  const first = await startStudio(data)
  const port = Number(new URL(first.url).port)
  await page.goto(first.url)
  await expect(page.getByRole('button', { name: /SD3 Emoji/ })).toBeVisible()
  await prompt(page).fill('half a sentence')
  await first.stop()
  const reconnect = page.getByRole('button', { name: 'Reconnect' })
  await expect(reconnect).toBeVisible()
  // From here on the page by itself would wait for eight seconds.
  await expect(page.getByText('try 4')).toBeVisible()

  const second = await startStudio(data, port)
  try {
    await reconnect.click()
    await expect(reconnect).toBeHidden({ timeout: 2000 })
    await expect(prompt(page)).toHaveValue('half a sentence')
    await drawQuickly(page, 'a whole sentence')
  } finally {
    await second.stop()
    await rm(data, { recursive: true, force: true })
  }
})

test('a picture stopped on its way from another says of how many steps', async ({ app, studio }) => {
  await drawQuickly(app, 'a red apple')
  const call = async <Answer>(path: string, json: object): Promise<Answer> => {
    const answer = await app.request.post(new URL(`/api/${path}`, studio.url).href, { data: { json } })
    return ((await answer.json()) as { json: Answer }).json
  }
  const { images } = await call<{ images: { assetId: string; settings: object }[] }>('images/list', {})
  const initImage = { assetId: images[0]?.assetId, strength: 0.5 }
  const job = await call<{ id: string }>('images/generate', { ...images[0]?.settings, steps: 200, initImage })
  await expect(app.getByRole('button', { name: /being drawn, step [1-9]\d* of 100$/ })).toBeVisible({ timeout: 30_000 })
  await call('jobs/cancel', { jobId: job.id })
  await expect(pictures(app).first()).toContainText(/^\d+ of 100 steps$/)
})

test('what looks alike is written once in the styles', async ({ app }) => {
  const rules = await app.evaluate(() =>
    [...document.styleSheets]
      .flatMap((sheet) => [...sheet.cssRules])
      .filter((rule) => rule instanceof CSSStyleRule && rule.selectorText.startsWith('._'))
      .map((rule) => {
        const { selectorText, style } = rule as CSSStyleRule
        // One font that is written with a variant of figures comes back as twenty single properties.
        const declarations = style.cssText.split(/;\s*/).filter((one) => one !== '' && !one.startsWith('font-'))
        return { selectorText, declarations }
      }),
  )
  expect(rules.length).toBeGreaterThan(200)
  // Fewer declarations than this agree by chance.
  const fewest = 7
  const copies = rules.flatMap((rule, index) =>
    rules.slice(index + 1).flatMap((other) => {
      const shared = rule.declarations.filter((one) => other.declarations.includes(one)).length
      const smaller = Math.min(rule.declarations.length, other.declarations.length)
      const isCopy = shared >= fewest && shared >= smaller * 0.75
      return isCopy ? [`${rule.selectorText} = ${other.selectorText}: ${shared}`] : []
    }),
  )
  expect(copies).toEqual([])
})

test('words that the model knows are put into the prompt at a click', async ({ app }) => {
  await app.getByRole('button', { name: 'What the model knows' }).click()
  const list = app.getByRole('dialog', { name: 'What the model knows' })
  await list.getByRole('searchbox', { name: 'Search subjects' }).fill('pizza')
  await list.getByRole('button', { name: 'slice of pizza', exact: true }).click()
  await list.getByRole('button', { name: 'noto', exact: true }).click()
  await list.getByRole('button', { name: 'blue', exact: true }).click()
  await expect(prompt(app)).toHaveValue('a slice of pizza on a blue background, noto')
})
