import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { expect, test } from './support/studio'

async function openPanel(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Precision' }).click()
  await expect(page.getByRole('radio', { name: 'Compare' })).toBeVisible()
  // What can be compared is known then: a list that is opened before closes when its entries come.
  await expect(page.getByRole('button', { name: /^Run / })).toBeEnabled({ timeout: 60_000 })
}

async function choose(page: Page, select: string, option: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: new RegExp(select) }).click()
  await page.getByRole('option', { name: option }).click()
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

test('one number is seen in every format, and its bits can be turned over', async ({ app }) => {
  await openPanel(app)
  await app.getByRole('radio', { name: 'Numbers' }).click()
  await app.getByRole('textbox', { name: 'Number', exact: true }).fill('65520')
  const half = app.getByRole('group', { name: 'FP16', exact: true })
  await expect(half.getByRole('status')).toHaveText('∞')
  await expect(half).toContainText('overflow')
  await app.getByRole('group', { name: 'BF16', exact: true }).getByRole('button', { name: 'sign bit 15' }).click()
  await expect(app.getByRole('group', { name: 'FP64', exact: true }).getByRole('status')).toHaveText('−65536')
  await expectAccessible(app)
})

test('a graph of a bundled model is measured in two precisions, and the figures leave as CSV', async ({ app }) => {
  await openPanel(app)
  await choose(app, 'What is compared', 'One graph')
  await choose(app, 'Graph', /preview/)
  await app.getByRole('button', { name: 'Run three' }).click()
  const figures = app.getByRole('table').filter({ has: app.getByRole('columnheader', { name: 'On disk' }) })
  await expect(figures.getByRole('row', { name: /^fp16/ })).toContainText('dB', { timeout: 60_000 })
  await expect(app.getByRole('button', { name: 'Run three' })).toBeVisible({ timeout: 60_000 })
  const download = app.waitForEvent('download')
  await app.getByRole('button', { name: 'CSV' }).click()
  const [head, reference, half] = (await readFile(await (await download).path(), 'utf8')).split('\n')
  const place = head!.split(',').indexOf('sqnr')
  expect(reference).toMatch(/^FP32|^fp32/)
  const decibels = Number(half!.split(',')[place])
  expect(decibels).toBeGreaterThan(20)
  await expect(figures).toContainText(`${decibels.toFixed(1)} dB`)
  await expectAccessible(app)
})

test('a picture is drawn in two precisions from one noise, kept, and opens again after a reload', async ({ app }) => {
  test.setTimeout(180_000)
  await openPanel(app)
  await app.getByRole('button', { name: /^Draw/ }).click()
  const pictures = app.getByRole('region', { name: 'Pictures' })
  await expect(pictures.getByRole('img', { name: 'Drawn in int8 dynamic' })).toBeVisible({ timeout: 120_000 })
  await expect(pictures.getByRole('img', { name: /^Difference of fp16/ })).toBeVisible()
  await expect(app.getByRole('button', { name: 'Run three' })).toBeVisible({ timeout: 60_000 })
  await app.reload()
  await openPanel(app)
  await app.getByRole('button', { name: 'Open an earlier run' }).click()
  await app
    .getByRole('dialog')
    .getByText(/a red apple/)
    .click()
  await expect(pictures.getByRole('img', { name: 'Drawn in fp16' })).toBeVisible()
})

test('a detector is compared on pictures: boxes, a match list, average precision, and a wipe', async ({ app }) => {
  test.setTimeout(240_000)
  await openPanel(app)
  await choose(app, 'Model', /ThunderNet/)
  await expect(app.getByRole('button', { name: /Bundled scenes/ })).toBeVisible()
  await app.getByRole('button', { name: /^fp32/ }).click()
  const precisions = app.getByRole('dialog', { name: 'Precisions' })
  // A CPU has no float16 to compute in, and that is said before anything runs.
  await expect(precisions.getByText('stored as fp16, computed in fp32')).toBeVisible()
  await precisions.getByText('INT8 static', { exact: true }).click()
  await app.keyboard.press('Escape')
  await app.getByRole('button', { name: 'Run four' }).click()
  const figures = app.getByRole('table').filter({ has: app.getByRole('columnheader', { name: 'mAP' }) })
  await expect(figures.getByRole('row', { name: /^int8 static/ })).toContainText('dB', { timeout: 200_000 })
  await expect(figures.getByRole('row', { name: /^fp16/ })).toContainText('emulated')
  const place = await figures
    .getByRole('columnheader')
    .evaluateAll((heads) => heads.findIndex((head) => head.textContent === 'mAP'))
  for (const name of ['fp32', 'fp16', 'int8 dynamic', 'int8 static']) {
    const cells = figures.getByRole('row', { name: new RegExp(`^${name}`) }).locator('th, td')
    expect(Number(await cells.nth(place).textContent())).toBeGreaterThan(0.4)
  }

  await expect(app.getByRole('button', { name: 'Run four' })).toBeVisible({ timeout: 60_000 })

  const boxes = app.getByRole('region', { name: 'Boxes' })
  await boxes.getByRole('button', { name: 'Boxes of int8 static in toy-shelf.jpg' }).click()
  const matches = boxes.getByRole('group', { name: 'Matches of int8 static' })
  await expect(matches.getByRole('row', { name: /^cat same/ })).toBeVisible()
  await matches.getByRole('row', { name: /^cat same/ }).hover()
  await expect(boxes.locator('[data-lit]').first()).toBeVisible()
  await boxes.getByRole('option', { name: /scene-1.jpg/ }).click()
  await expect(boxes.getByRole('button', { name: 'Boxes of fp32 in scene-1.jpg' })).toBeVisible()
  await expectAccessible(app)
  await boxes.getByText('Wipe').click()
  await expect(boxes.getByText('fp32 | int8 static')).toBeVisible()
})

test('a mix of precisions is searched, saved for the Detect panel, deleted and brought back', async ({ app }) => {
  test.setTimeout(300_000)
  await openPanel(app)
  await choose(app, 'Model', /ThunderNet/)
  await app.getByRole('button', { name: /^fp32/ }).click()
  const precisions = app.getByRole('dialog', { name: 'Precisions' })
  await precisions.getByText('INT8 dynamic', { exact: true }).click()
  await precisions.getByText('INT8 static', { exact: true }).click()
  await precisions.getByText('Search for a mix').click()
  await precisions.getByRole('textbox', { name: 'Target of the mix in dB' }).fill('60')
  await app.keyboard.press('Enter')
  await app.keyboard.press('Escape')
  await app.getByRole('button', { name: 'Run three' }).click()
  await app.getByRole('tab', { name: 'Mix' }).click()
  await expect(app.getByText(/^(Met|Not met): \d+\.\d dB of 60 dB\./)).toBeVisible({ timeout: 240_000 })
  await expect(app.getByRole('button', { name: 'Run three' })).toBeVisible({ timeout: 120_000 })
  const figures = app.getByRole('table').filter({ has: app.getByRole('columnheader', { name: 'mAP' }) })
  await expect(figures.getByRole('row', { name: /layers? kept/ })).toContainText('dB')
  await app.getByRole('button', { name: 'Save', exact: true }).click()
  const saved = app.getByRole('region', { name: 'Saved precisions' })
  await expect(saved).toContainText('mix')
  await expectAccessible(app)
  await saved.getByRole('button', { name: 'Delete the precision mix' }).click()
  await expect(saved).toBeHidden()
  await app.getByRole('button', { name: /^Undo/ }).click()
  await expect(saved).toContainText('mix')
  await app.getByRole('link', { name: 'Detect' }).click()
  await app.getByRole('radiogroup', { name: 'Precision' }).getByText('mix', { exact: true }).click()
  await expect(app.getByRole('table', { name: 'Objects' }).locator('[data-candidate]').first()).toBeVisible({
    timeout: 60_000,
  })
})

test('what was recorded of training in several formats is shown, run by run', async ({ app }) => {
  await openPanel(app)
  await app.getByRole('radio', { name: 'Training' }).click()
  const runs = app.getByRole('region', { name: 'Recorded runs' })
  await expect(runs.getByRole('row')).not.toHaveCount(0)
  await runs.getByRole('button', { name: /^FP16/ }).first().click()
  await expect(runs).toContainText(/Gradients at step \d/)
  await expectAccessible(app)
})
