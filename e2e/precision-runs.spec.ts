import { expect, test } from './support/studio'

test('a saved comparison is found by its words, deleted and brought back', async ({ app }) => {
  await app.getByRole('link', { name: 'Precision' }).click()
  const run = app.getByRole('button', { name: /^Run / })
  // What can be compared is known then.
  await expect(run).toBeEnabled({ timeout: 60_000 })
  await app.getByRole('button', { name: /What is compared/ }).click()
  await app.getByRole('option', { name: 'One graph' }).click()
  await app.getByRole('button', { name: /Graph/ }).click()
  await app.getByRole('option', { name: /preview/ }).click()
  await app.getByRole('button', { name: 'Run three' }).click()
  const figures = app.getByRole('table').filter({ has: app.getByRole('columnheader', { name: 'On disk' }) })
  await expect(figures.getByRole('row', { name: /^fp16/ })).toContainText('dB', { timeout: 60_000 })
  await expect(app.getByRole('button', { name: 'Run three' })).toBeVisible({ timeout: 60_000 })
  await app.getByRole('button', { name: 'Runs', exact: true }).click()
  const saved = app.getByRole('dialog', { name: 'Saved comparisons' })
  await expect(saved.getByRole('listitem')).toHaveCount(1)
  const search = saved.getByRole('searchbox', { name: 'Search comparisons' })
  await search.fill('no such words')
  await expect(saved).toContainText('No comparison with these words')
  await search.fill('')
  await saved.getByRole('button', { name: /^Delete the comparison/ }).click()
  await expect(saved).toContainText('No comparisons yet')
  // The list keeps the focus: in the field of the search, Control+Z would bring back its own words.
  await app.keyboard.press('Control+z')
  await expect(saved.getByRole('listitem')).toHaveCount(1)
})
