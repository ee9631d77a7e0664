import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { cp, mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coloursAtRest } from './support/accessibility'
import { expect, startStudio, test } from './support/studio'

const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt', exact: true })
const pictures = (page: Page): Locator =>
  page.getByRole('grid', { name: 'Pictures' }).getByRole('button', { name: /^Image \d+ of \d+/ })

/** Sets the number beside a slider. */
async function setNumber(page: Page, name: string, value: number): Promise<void> {
  const field = page.getByRole('textbox', { name: `${name}, exact` })
  await field.fill(String(value))
  await field.press('Enter')
}

async function draw(page: Page, text: string): Promise<void> {
  const before = await pictures(page).count()
  await prompt(page).fill(text)
  await prompt(page).press('Control+Enter')
  await expect(pictures(page)).toHaveCount(before + 1, { timeout: 60_000 })
}

test('a prompt becomes a picture, seen while it is drawn', async ({ app }) => {
  await prompt(app).fill('a red apple, fluent 3d')
  await setNumber(app, 'Steps', 200)
  await prompt(app).press('Control+Enter')
  await expect(app.getByRole('img', { name: /^Step \d+ of 200$/ })).toBeVisible({ timeout: 30_000 })
  await expect(app.getByText(/^σ 0\.\d+, .+ a step, /)).toBeVisible()
  await expect(pictures(app)).toHaveCount(1, { timeout: 60_000 })

  const picture = pictures(app).first().locator('img')
  await expect(picture).toHaveJSProperty('naturalWidth', 128)
  await expect(app.getByText('Encode')).toBeVisible()
})

test('the same seed gives the same bytes, another seed gives others', async ({ app, studio }) => {
  const generate = async (seed: number): Promise<Buffer> => {
    const body = {
      json: {
        modelId: 'sd3-emoji',
        prompt: 'a cat',
        width: 128,
        height: 128,
        steps: 3,
        guidanceScale: 3,
        shift: 1,
        seed,
      },
    }
    const answer = await app.request.post(new URL('/api/images/generate', studio.url).href, { data: body })
    const { json: job } = (await answer.json()) as { json: { id: string } }
    const image = async (): Promise<string | undefined> => {
      const list = await app.request.post(new URL('/api/images/list', studio.url).href, {
        data: { json: { jobId: job.id } },
      })
      return ((await list.json()) as { json: { images: { assetId: string }[] } }).json.images[0]?.assetId
    }
    await expect.poll(image, { timeout: 30_000 }).toBeDefined()
    return (await app.request.get(new URL(`/assets/${await image()}`, studio.url).href)).body()
  }
  const first = await generate(7)
  expect(first.equals(await generate(7))).toBe(true)
  expect(first.equals(await generate(8))).toBe(false)
})

test('Escape stops a picture and keeps what is there', async ({ app }) => {
  await setNumber(app, 'Steps', 200)
  await prompt(app).fill('a long drawing')
  await prompt(app).press('Control+Enter')
  await expect(app.getByRole('img', { name: /^Step [1-9]\d* of 200$/ })).toBeVisible({ timeout: 30_000 })
  await app.getByRole('button', { name: /^Stop/ }).click()
  await expect(pictures(app)).toHaveCount(1)
  await expect(pictures(app).first()).toContainText(/\d+ steps/)
  await draw(app, 'the next one works')
})

test('a picture dropped on the studio gives back its settings', async ({ app, studio }) => {
  await setNumber(app, 'Steps', 5)
  await setNumber(app, 'Guidance', 2.5)
  await draw(app, 'a green pear, noto')
  const assetUrl = await pictures(app).first().locator('img').getAttribute('src')
  expect(assetUrl).not.toBeNull()

  const list = await app.request.post(new URL('/api/images/list', studio.url).href, { data: { json: {} } })
  const { json } = (await list.json()) as { json: { images: { assetId: string }[] } }
  const png = await (await app.request.get(new URL(`/assets/${json.images[0]?.assetId}`, studio.url).href)).body()

  await prompt(app).fill('something else')
  await setNumber(app, 'Steps', 9)
  const data = await app.evaluateHandle(
    (bytes) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(bytes)], 'pear.png', { type: 'image/png' }))
      return transfer
    },
    [...png],
  )
  await app.dispatchEvent('body', 'drop', { dataTransfer: data })
  const dialog = app.getByRole('dialog')
  await expect(dialog).toContainText('a green pear, noto')
  await dialog.getByRole('button', { name: /^Apply/ }).click()
  await expect(prompt(app)).toHaveValue('a green pear, noto')
  await expect(app.getByRole('textbox', { name: 'Steps, exact' })).toHaveValue('5')
})

test('a deleted picture comes back, even when undone at once', async ({ app }) => {
  await setNumber(app, 'Steps', 2)
  await draw(app, 'a blue fish')
  await pictures(app).first().focus()
  await app.keyboard.press('Delete')
  await app.keyboard.press('Control+z')
  await expect(pictures(app)).toHaveCount(1)
  await app.reload()
  await expect(pictures(app)).toHaveCount(1)

  await pictures(app).first().focus()
  await app.keyboard.press('Delete')
  await expect(pictures(app)).toHaveCount(0)
  await app.getByRole('button', { name: 'Undo' }).click()
  await expect(pictures(app)).toHaveCount(1)
})

test('a job goes on while the window is reloaded', async ({ app }) => {
  await setNumber(app, 'Steps', 200)
  await setNumber(app, 'How many images', 8)
  await prompt(app).fill('a steady job')
  await prompt(app).press('Control+Enter')
  await expect(app.getByRole('img', { name: /^Step [1-9]\d* of 200$/ })).toBeVisible({ timeout: 30_000 })
  await app.reload()
  await expect(app.getByRole('img', { name: /^Step [1-9]\d* of 200$/ })).toBeVisible({ timeout: 30_000 })
  await app.getByRole('button', { name: /^Stop/ }).click()
  await expect(pictures(app).first()).toBeVisible()
})

test('a field that cannot work says so, and nothing is queued', async ({ app }) => {
  await prompt(app).fill('')
  await prompt(app).press('Control+Enter')
  await expect(
    app
      .getByText(/prompt/i)
      .and(app.getByText(/empty|write/i))
      .first(),
  ).toBeVisible()
  await expect(pictures(app)).toHaveCount(0)
})

test('a model with cut weights fails with its reason, and the others go on', async ({ page }) => {
  const models = await mkdtemp(join(tmpdir(), 'atelier-models-'))
  await cp('test-fixtures/models/tiny-sd3', join(models, 'whole'), { recursive: true })
  await cp('test-fixtures/models/tiny-sd3', join(models, 'broken'), { recursive: true })
  const graph = join(models, 'broken/transformer/model.onnx')
  await truncate(graph, Math.floor((await readFile(graph)).length / 2))
  process.env['ATELIER_MODELS'] = models
  const studio = await startStudio()
  delete process.env['ATELIER_MODELS']
  try {
    await page.goto(studio.url)
    const call = async (
      path: string,
      json: object,
    ): Promise<{ ok: boolean; json: { code?: string; data?: { remedy?: string } } }> => {
      const answer = await page.request.post(new URL(`/api/${path}`, studio.url).href, { data: { json } })
      return { ok: answer.ok(), json: ((await answer.json()) as { json: object }).json }
    }
    const request = { prompt: 'x', width: 64, height: 64, steps: 2, guidanceScale: 1, shift: 3, seed: 1 }
    const failed = await call('images/generate', { ...request, modelId: 'broken' })
    expect(failed.json).toMatchObject({ code: 'MODEL_BROKEN' })
    expect(failed.json.data?.remedy).toBeTruthy()
    expect((await call('images/generate', { ...request, modelId: 'whole' })).ok).toBe(true)
    await expect(pictures(page)).toHaveCount(1, { timeout: 30_000 })
  } finally {
    await studio.stop()
    await rm(models, { recursive: true, force: true })
  }
})

for (const colorScheme of ['dark', 'light'] as const) {
  test(`the panel has no accessibility faults, ${colorScheme}`, async ({ app }) => {
    await app.emulateMedia({ colorScheme })
    await setNumber(app, 'Steps', 2)
    await draw(app, 'a yellow star')
    await coloursAtRest(app)
    const { violations } = await new AxeBuilder({ page: app }).analyze()
    expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target.join(' ')) }))).toEqual([])
  })
}
