import { expect, test } from './launch'

test('numbers are taken apart and a small network trains in the window', async ({ page }) => {
  await page.getByRole('link', { name: 'Precision' }).click()
  await page.getByRole('radio', { name: 'Numbers' }).click()
  await page.getByRole('textbox', { name: 'Number', exact: true }).fill('0.1')
  await expect(page.getByRole('group', { name: 'BF16', exact: true }).getByRole('status')).toHaveText('0.100097656')
  await page.getByRole('radio', { name: 'Training' }).click()
  // In a worker of the page, which the desktop's policy must let start.
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await expect(page.getByText(/^Step [1-9]\d*: \d+% right/)).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
})
