import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { expect, test } from './support/studio'

async function openExample(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Inspector' }).click()
  await page.getByRole('button', { name: /^Open vae_decoder.* of SD3/ }).click({ timeout: 40_000 })
  await expect(page.getByRole('tab', { name: 'Graph' })).toBeVisible()
  await expect(totals(page)).toContainText(/\d MAC|MMAC|GMAC/)
}

const totals = (page: Page) => page.getByRole('status', { name: 'Totals' })

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

test('a bundled model shows its graph, and a size that is changed changes every figure', async ({ app }) => {
  await openExample(app)
  await expect(
    app
      .getByRole('listbox', { name: /^Graph of/ })
      .getByRole('option')
      .first(),
  ).toBeVisible()
  const before = await totals(app).textContent()
  const height = app.getByRole('textbox', { name: 'latent_height' })
  await height.fill('64')
  await expect(totals(app)).not.toHaveText(before ?? '')
  await height.fill('')
  await expect(totals(app)).toContainText('need dims')
  await height.fill('32')
  await expect(totals(app)).toHaveText(before ?? '')
  await expectNoViolations(app)
  await app.emulateMedia({ colorScheme: 'dark' })
  await expectNoViolations(app)
})

test('the table sorts by multiply-adds, is walked by keys, and leaves as CSV that reads back', async ({ app }) => {
  await openExample(app)
  await app.getByRole('tab', { name: 'Table' }).click()
  await app.getByRole('button', { name: /^MMAC/ }).click()
  const grid = app.getByRole('grid', { name: 'Nodes' })
  await grid.focus()
  await app.keyboard.press('Home')
  await expect(grid.getByRole('row', { selected: true })).toContainText('Conv')
  await app.getByRole('button', { name: 'Export' }).click()
  const download = app.waitForEvent('download')
  await app.getByRole('menuitem', { name: 'Table as CSV' }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  const [head, ...lines] = text.trimEnd().split('\r\n')
  const column = head!.split(',').indexOf('macs')
  const macs = lines.map((line) => Number(cells(line)[column]))
  expect(lines.length).toBeGreaterThan(20)
  expect(macs).toEqual(macs.toSorted((a, b) => b - a))
  expect(macs[0]).toBeGreaterThan(1e6)
})

/** The cells of a line of CSV. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

test('one press measures every node, and the times are shown', async ({ app }) => {
  await openExample(app)
  await app.getByRole('textbox', { name: 'latent_height' }).fill('8')
  await app.getByRole('textbox', { name: 'latent_width' }).fill('8')
  await app.getByRole('button', { name: 'Measure', exact: true }).click()
  await expect(app.getByRole('button', { name: 'Measure again' })).toBeVisible({ timeout: 80_000 })
  await expect(totals(app)).toContainText(/\d (ms|s|µs)$/)
  await expect(app.getByRole('complementary', { name: 'Card' })).toContainText('Measured here')
  await app.getByRole('tab', { name: 'Roofline' }).click()
  await expect(app.getByRole('slider', { name: 'Roofline' })).toBeVisible()
})

test('a convolution is counted in its other forms, with no model open', async ({ app }) => {
  await app.getByRole('link', { name: 'Inspector' }).click()
  await app.getByRole('button', { name: 'Open the lesson' }).click()
  const table = app.getByRole('table', { name: 'Forms of the convolution' })
  await expect(table.getByRole('row', { name: /^Standard/ })).toContainText('116 MMAC')
  await expect(table.getByRole('row', { name: /^Depthwise separable/ })).toContainText('13.7 MMAC')
  const size = app.getByRole('textbox', { name: 'Size, H = W, exact' })
  await size.fill('14')
  await size.press('Enter')
  await expect(table.getByRole('row', { name: /^Standard/ })).toContainText('28.9 MMAC')
  await expectNoViolations(app)
})

test('a file that is no model says in words what is wrong with it', async ({ app }) => {
  await app.getByRole('link', { name: 'Inspector' }).click()
  await expect(app.getByRole('heading', { name: 'See inside a model' })).toBeVisible()
  const data = await app.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([new Uint8Array([1, 2, 3, 4, 255, 255, 255])], 'broken.onnx'))
    return transfer
  })
  await app.dispatchEvent('body', 'drop', { dataTransfer: data })
  const alert = app.getByRole('main').getByRole('alert')
  await expect(alert).toContainText('broken.onnx')
  await expect(alert).toContainText('cannot be read')
  await alert.getByRole('button', { name: 'Open another file' }).click()
  await expect(app.getByRole('heading', { name: 'See inside a model' })).toBeVisible()
})
