import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { expectNoViolations } from './support/accessibility'
import { expect, test } from './support/studio'

async function openPanel(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Speculate' }).click()
  await expect(page.getByRole('button', { name: /^Race/ }).first()).toBeVisible()
}

async function race(page: Page, prompt: string, tokens: number): Promise<void> {
  const most = page.getByRole('textbox', { name: 'Tokens' })
  await most.fill(String(tokens))
  await most.press('Enter')
  await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('button', { name: /^Race again/ })).toBeVisible({ timeout: 80_000 })
}

test('strategies race on a prompt, and the verdict is a measured one', async ({ app }) => {
  await openPanel(app)
  await race(app, 'Name three colours.', 24)
  const verdict = app.getByRole('region', { name: 'Verdict' })
  await expect(verdict).toContainText(/\d\.\d\d×/)
  await expect(verdict).toContainText('tokens per round')
  await expect(app.getByRole('region', { name: 'Race' })).toContainText('baseline')
  await app.keyboard.press('k')
  await expectNoViolations(app)
})

test('a race is kept, leaves the studio as JSON, and opens again', async ({ app }) => {
  await openPanel(app)
  await race(app, 'Say hello.', 12)
  await app.getByRole('button', { name: 'Export' }).click()
  const download = app.waitForEvent('download')
  await app.getByRole('menuitem', { name: /JSON/ }).click()
  const record = JSON.parse(await readFile(await (await download).path(), 'utf8')) as {
    format: string
    runs: unknown[]
  }
  expect(record.format).toBe('atelier-race')
  expect(record.runs.length).toBeGreaterThan(1)

  await app.reload()
  await openPanel(app)
  await app.getByRole('button', { name: 'Runs' }).click()
  await app.getByRole('dialog').getByText('Say hello.').click()
  await expect(app.getByRole('region', { name: 'Verdict' })).toContainText('tokens per round')
})

test('a race goes on while the page is loaded anew, and is shown again', async ({ app }) => {
  await openPanel(app)
  const most = app.getByRole('textbox', { name: 'Tokens' })
  await most.fill('1000')
  await most.press('Enter')
  await app.getByRole('textbox', { name: 'Prompt' }).fill('Write a long story about a lighthouse.')
  await app.keyboard.press('Control+Enter')
  await expect(app.getByRole('button', { name: /^Stop/ })).toBeVisible()
  await app.reload()
  await app.getByRole('link', { name: 'Speculate' }).click()
  await expect(app.getByRole('button', { name: /^Stop/ })).toBeVisible()
  await expect(app.getByRole('region', { name: 'Output' })).toContainText(/\w+ \w+ \w+/)
  await app.getByRole('button', { name: /^Stop/ }).click()
  await expect(app.getByRole('button', { name: /^Race/ }).first()).toBeVisible({ timeout: 30_000 })
})

test('a race can be stopped, and keeps what was measured', async ({ app }) => {
  await openPanel(app)
  const most = app.getByRole('textbox', { name: 'Tokens' })
  await most.fill('600')
  await most.press('Enter')
  await app.getByRole('textbox', { name: 'Prompt' }).fill('Write a long story about a lighthouse.')
  await app.keyboard.press('Control+Enter')
  await app.getByRole('button', { name: /^Stop/ }).click()
  await expect(app.getByRole('button', { name: /^Race/ }).first()).toBeVisible({ timeout: 30_000 })
})
