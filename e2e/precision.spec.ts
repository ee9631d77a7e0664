import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { expectNoViolations } from './support/accessibility'
import { answered, openChat, say } from './support/chat'
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

test('one number is seen in every format, and its bits can be turned over', async ({ app }) => {
  await openPanel(app)
  await app.getByRole('radio', { name: 'Numbers' }).click()
  await app.getByRole('textbox', { name: 'Number', exact: true }).fill('65520')
  const half = app.getByRole('group', { name: 'FP16', exact: true })
  await expect(half.getByRole('status')).toHaveText('∞')
  await expect(half).toContainText('overflow')
  await app.getByRole('group', { name: 'BF16', exact: true }).getByRole('button', { name: 'sign bit 15' }).click()
  await expect(app.getByRole('group', { name: 'FP64', exact: true }).getByRole('status')).toHaveText('−65536')
  await expectNoViolations(app)
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
  await expectNoViolations(app)
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

test('a conversation is asked about a picture in several precisions, and its answers are compared token by token', async ({
  app,
}) => {
  test.setTimeout(600_000)
  await openPanel(app)
  await choose(app, 'Model', /BAGEL/)
  await expect(app.getByRole('button', { name: /^Ask “Draw/ })).toBeEnabled()
  await choose(app, 'What is compared', 'Answer')
  await expect(app.getByRole('button', { name: 'Example picture' })).toBeVisible()
  await app.getByRole('button', { name: 'Ask “What do you see?”' }).click()
  const texts = app.getByRole('region', { name: 'Texts' })
  await expect(texts.getByRole('img', { name: /^What was asked about/ })).toBeVisible({ timeout: 400_000 })
  // What the bundled picture shows: it was made of a pair that training never saw together.
  const reference = texts.getByRole('article').first()
  await expect(reference).toContainText('I see a basketball and a star.', { timeout: 400_000 })
  const bytes = texts.getByRole('article').filter({ hasText: 'int8 dynamic' })
  await expect(bytes).toContainText(/first choices are the reference’s/, { timeout: 400_000 })
  const figures = app.getByRole('table').filter({ has: app.getByRole('columnheader', { name: 'KL' }) })
  await expect(figures.getByRole('row', { name: /^int8 dynamic/ })).toContainText('dB')
  await expect(app.getByRole('complementary', { name: 'Why they differ' })).toContainText(/Worst \d+ layers/)
  await expectNoViolations(app)
})

test('a conversation draws in several precisions, and one that is kept is chosen in Chat', async ({ app }) => {
  test.setTimeout(600_000)
  await openPanel(app)
  await choose(app, 'Model', /BAGEL/)
  await app.getByRole('button', { name: /^Ask “Draw/ }).click()
  const pictures = app.getByRole('region', { name: 'Pictures' })
  await expect(pictures.getByRole('img', { name: 'Drawn in int8 dynamic' })).toBeVisible({ timeout: 400_000 })
  await expect(pictures.getByRole('img', { name: /^Difference of fp16/ })).toBeVisible()
  const figures = app.getByRole('table').filter({ has: app.getByRole('columnheader', { name: 'PSNR' }) })
  await expect(figures.getByRole('row', { name: /^int8 dynamic/ })).toContainText('dB')
  await expect(app.getByRole('button', { name: 'Run three' })).toBeVisible({ timeout: 200_000 })
  await pictures.getByText('Wipe').click()
  await expect(pictures.getByText(/^fp32 \| /)).toBeVisible()
  await figures.getByRole('button', { name: /^int8 dynamic/ }).click()
  await app.getByRole('tab', { name: 'Mix' }).click()
  const name = app.getByRole('textbox', { name: 'Name of the precision' })
  // The model has one of the column's own name already.
  await expect(name).toHaveValue('int8-dynamic-2')
  await name.fill('bytes')
  await app.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(app.getByRole('region', { name: 'Saved precisions' })).toContainText('bytes')
  await expectNoViolations(app)
  await openChat(app)
  await app.getByRole('button', { name: 'Settings and branches' }).click()
  await choose(app, 'Precision', 'bytes')
  await say(app, 'Draw an owl')
  const answer = await answered(app, 1)
  await expect(answer.getByRole('img').first()).toBeVisible()
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
  await expectNoViolations(app)
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
  await expectNoViolations(app)
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
  await expectNoViolations(app)
})
