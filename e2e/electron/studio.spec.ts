import type { Locator, Page } from '@playwright/test'
import { enginePid } from './engine'
import { expect, test } from './launch'

const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt', exact: true })
const pictures = (page: Page): Locator =>
  page.getByRole('grid', { name: 'Pictures' }).getByRole('button', { name: /^Image \d+ of \d+/ })

async function setSteps(page: Page, steps: number): Promise<void> {
  const field = page.getByRole('textbox', { name: /^Steps(, exact)?$/ })
  await field.fill(String(steps))
  await field.press('Enter')
}

test('a prompt becomes a picture in the window', async ({ page }) => {
  await setSteps(page, 4)
  await prompt(page).fill('a red apple')
  await prompt(page).press('Control+Enter')
  await expect(pictures(page)).toHaveCount(1, { timeout: 60_000 })
  await expect.poll(() => pictures(page).first().locator('img').evaluate(isDrawn)).toBe(true)
})

test('a command chosen in the menu is carried out', async ({ desktop, page }) => {
  await expect(prompt(page)).toBeVisible()
  await desktop.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('app.palette')?.click() as void)
  await expect(page.getByRole('dialog').getByRole('searchbox', { name: 'Search actions' })).toBeVisible()
})

test('an engine that dies in the middle of a picture costs that picture and nothing else', async ({
  desktop,
  page,
}) => {
  await setSteps(page, 200)
  await prompt(page).fill('a long drawing')
  await prompt(page).press('Control+Enter')
  await expect(page.getByRole('img', { name: /^Step [1-9]\d* of 200$/ })).toBeVisible({ timeout: 30_000 })
  process.kill((await enginePid(desktop)) ?? 0, 'SIGKILL')
  await expect(
    page.getByRole('region', { name: /^Notifications/ }).getByText('The engine is being restarted'),
  ).toBeVisible()

  await expect(prompt(page)).toHaveValue('a long drawing')
  await setSteps(page, 3)
  await prompt(page).fill('the next one works')
  await prompt(page).press('Control+Enter')
  await expect(pictures(page)).toHaveCount(1, { timeout: 60_000 })
})

function isDrawn(image: Element): boolean {
  return image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0
}
