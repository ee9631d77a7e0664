import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expectNoViolations } from './support/accessibility'
import { expect, test } from './support/studio'

async function openExample(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Inspector' }).click()
  await page.getByRole('button', { name: /^Open vae_decoder.* of SD3/ }).click({ timeout: 40_000 })
  await expect(page.getByRole('tab', { name: 'Graph' })).toBeVisible()
  await expect(totals(page)).toContainText(/\d MAC|MMAC|GMAC/)
}

const totals = (page: Page) => page.getByRole('status', { name: 'Totals' })

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

const fixtures = path.join(process.cwd(), 'test-fixtures')

async function openPath(page: Page, file: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Path of a model file' })
  await field.fill(file)
  await field.press('Enter')
  await expect(page.getByRole('tab').first()).toBeVisible()
}

test('every view can be read by everybody', async ({ app }) => {
  // The rules are gone through once for each view and theme.
  test.slow()
  await openExample(app)
  for (const theme of ['light', 'dark'] as const) {
    await app.emulateMedia({ colorScheme: theme })
    for (const view of ['Graph', 'Table', 'Treemap', 'Depth', 'Roofline', 'Weights', 'Factorise']) {
      await app.getByRole('tab', { name: view, exact: true }).click()
      await expect(app.getByRole('tabpanel', { name: view })).toBeVisible()
      await expectNoViolations(app, '[data-region="view"]')
    }
  }
})

test('F6 walks from the parts to the bar, the views, the graph and the card', async ({ app }) => {
  await openExample(app)
  await app.getByRole('searchbox', { name: 'Search the model' }).focus()
  const region = () => app.evaluate(() => document.activeElement?.closest('[data-region]')?.getAttribute('data-region'))
  for (const next of ['model', 'view', 'graph', 'card']) {
    await app.keyboard.press('F6')
    await expect.poll(region).toBe(next)
  }
  await app.keyboard.press('Shift+F6')
  await expect.poll(region).toBe('graph')
})

test('a file of weights alone shows its tensors, and a slice along any two axes', async ({ app }) => {
  await app.getByRole('link', { name: 'Inspector' }).click()
  await openPath(app, path.join(fixtures, 'checkpoints/tiny-bagel/ae.safetensors'))
  const grid = app.getByRole('grid', { name: 'Weights' })
  await app.getByRole('searchbox', { name: 'Filter the weights' }).fill('conv_in.weight')
  await grid.getByRole('row').nth(1).click()
  const card = app.getByRole('complementary', { name: 'Card' })
  await expect(card.getByRole('img', { name: /^Slice of/ })).toBeVisible()
  const plane = card.getByRole('group', { name: 'Plane of the slice' })
  await expect(plane.getByRole('button', { name: /Axis that goes down/ })).toContainText('axis 2')
  await plane.getByRole('button', { name: /Axis that goes down/ }).click()
  await app.getByRole('option', { name: /axis 0/ }).click()
  await expect(plane.getByRole('button', { name: /Axis that goes down/ })).toContainText('axis 0')
  await expect(card.getByRole('textbox', { name: 'Axis 2' })).toHaveValue('0')
  await expectNoViolations(app)
})

test('a file of weights alone shows where its bytes lie, walked by keys', async ({ app }) => {
  await app.getByRole('link', { name: 'Inspector' }).click()
  await openPath(app, path.join(fixtures, 'checkpoints/tiny-bagel/ae.safetensors'))
  await app.getByRole('tab', { name: 'Treemap' }).click()
  const map = app.getByRole('slider', { name: 'Where the bytes lie' })
  await map.focus()
  await app.keyboard.press('Home')
  await expect(map).toHaveAttribute('aria-valuetext', /float16.*parameters of 16(\.0)? bits/)
  const largest = await map.getAttribute('aria-valuetext')
  await app.keyboard.press('ArrowRight')
  await expect(map).not.toHaveAttribute('aria-valuetext', largest ?? '')
  await expect(app.getByRole('complementary', { name: 'Card' }).getByRole('img', { name: /^Slice of/ })).toBeVisible()
  await app.getByRole('radio', { name: 'Parameters', exact: true }).click()
  await expect(app.getByRole('slider', { name: 'Where the parameters lie' })).toBeVisible()
  for (const theme of ['light', 'dark'] as const) {
    await app.emulateMedia({ colorScheme: theme })
    await expectNoViolations(app, '[data-region="view"]')
  }
})

test('a product that became a product of packed weights is one change, with its helpers folded into it', async ({
  app,
}) => {
  await app.getByRole('link', { name: 'Inspector' }).click()
  await openPath(app, path.join(fixtures, 'models/tiny-causal-lm/target-float32.onnx'))
  await app.getByRole('button', { name: 'Compare with another file' }).click()
  const field = app.getByRole('dialog').getByRole('textbox', { name: 'Path of a model file' })
  await field.fill(path.join(fixtures, 'models/tiny-causal-lm/target-int4.onnx'))
  await field.press('Enter')
  const list = app.getByRole('group', { name: 'Differences' })
  const first = list.getByRole('listitem').first()
  await expect(first).toContainText('operator MatMul MatMulNBits')
  const fold = first.getByRole('button', { name: /^without \d+ nodes, with \d+ nodes?$/ })
  await expect(list.getByRole('listitem').nth(1)).toContainText('changed')
  await fold.press('Enter')
  await expect(fold).toHaveAttribute('aria-expanded', 'true')
  await expect(list.getByRole('listitem').nth(1)).toContainText('removed')
  for (const theme of ['light', 'dark'] as const) {
    await app.emulateMedia({ colorScheme: theme })
    await expectNoViolations(app, '[data-region="view"]')
  }
})

test('two files are compared, and what only a run can tell is a number field', async ({ app }) => {
  await app.getByRole('link', { name: 'Inspector' }).click()
  await openPath(app, path.join(fixtures, 'inspect/snet49.onnx'))
  await app.getByRole('button', { name: 'Compare with another file' }).click()
  const field = app.getByRole('dialog').getByRole('textbox', { name: 'Path of a model file' })
  await field.fill(path.join(fixtures, 'inspect/snet146.onnx'))
  await field.press('Enter')
  const panel = app.getByRole('tabpanel', { name: 'Difference' })
  await expect(panel).toContainText('inspect/snet146.onnx')
  await expect(panel.getByRole('row', { name: /^Multiply-adds/ })).toContainText('×')
  await expectNoViolations(app)
  await app.getByRole('button', { name: 'Close this file' }).click()
  await openPath(app, path.join(process.cwd(), 'resources/models/thundernet-emoji/detect.onnx'))
  await expect(totals(app)).toContainText('MMAC')
  const before = await totals(app).textContent()
  await app.getByRole('textbox', { name: 'proposals.nms.found' }).fill('20')
  await expect(totals(app)).not.toHaveText(before ?? '')
  await app.getByRole('textbox', { name: 'proposals.nms.found' }).fill('')
  await expect(totals(app)).toContainText('need dims')
})
