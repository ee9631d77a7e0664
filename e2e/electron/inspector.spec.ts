import { expect, root, test } from './launch'
import { join } from 'node:path'

test('a model on disk is opened in place, by its path', async ({ page }) => {
  await page.getByRole('link', { name: 'Inspector' }).click()
  await page
    .getByRole('textbox', { name: 'Path of a model file' })
    .fill(join(root, 'resources/models/bagel-emoji/decoder.onnx'))
  await page.getByRole('textbox', { name: 'Path of a model file' }).press('Enter')
  await expect(
    page
      .getByRole('listbox', { name: /^Graph of/ })
      .getByRole('option')
      .first(),
  ).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('status', { name: 'Totals' })).toContainText('parameters')
})
