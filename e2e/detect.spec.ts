import type { Page } from '@playwright/test'
import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expectNoViolations } from './support/accessibility'
import {
  dropFile,
  exported,
  mixedFolder,
  openDetect,
  rows,
  runFolder,
  scene,
  sceneLabels,
  setScore,
  strip,
  tableRows,
  turnedScene,
  twoDetectors,
} from './support/detect'
import { expect, startStudio, test } from './support/studio'

interface Coco {
  readonly images: readonly { file_name: string; width: number; height: number }[]
  readonly annotations: readonly { bbox: readonly number[]; score: number; category_id: number }[]
  readonly categories: readonly { id: number; name: string }[]
}

for (const colorScheme of ['dark', 'light'] as const) {
  test(`the bundled scene is looked at at once, without accessibility faults, ${colorScheme}`, async ({ app }) => {
    await app.emulateMedia({ colorScheme })
    await openDetect(app)
    await expectNoViolations(app)
  })
}

test('layers of the network lie over the picture, with the time of each stage', async ({ app }) => {
  await openDetect(app)
  await rows(app).first().click()
  await app.getByRole('button', { name: 'Attention map' }).click()
  await app.getByRole('button', { name: 'Proposals' }).click()
  await expect(app.locator('[data-proposals]')).toBeVisible()
  await expect(app.getByText('stage A')).toBeVisible()
  await expectNoViolations(app)
})

test('a dropped picture is filtered by the slider, and its export is what is on the screen', async ({ app }) => {
  await openDetect(app)
  await dropFile(app, 'my shelf.jpg', await readFile(scene))
  await expect(app.getByText('my shelf.jpg').first()).toBeVisible()
  await expect(strip(app).getByRole('option')).toHaveCount(2)
  const asked: string[] = []
  app.on('request', (request) => asked.push(request.url()))
  await setScore(app, 0.05)
  const before = await rows(app).count()
  await setScore(app, 0.6)
  const shown = await tableRows(app)
  expect(shown.length).toBeGreaterThan(0)
  expect(shown.length).toBeLessThan(before)
  expect(asked).toEqual([])

  const coco = JSON.parse((await exported(app, 'COCO JSON')).toString()) as Coco
  expect(coco.images).toEqual([{ id: 1, file_name: 'my shelf.jpg', width: 960, height: 640 }])
  const names = new Map(coco.categories.map(({ id, name }) => [id, name]))
  const saved = coco.annotations.map(({ bbox, score, category_id }) => ({
    name: names.get(category_id),
    score: score.toFixed(2),
    box: bbox,
  }))
  const words = ({ name, score }: { readonly name: string | undefined; readonly score: string }) => `${name} ${score}`
  expect(saved.map(words)).toEqual(shown.map(words))
  // The table has whole pixels, the file hundredths.
  saved.forEach(({ box }, row) =>
    box.forEach((value, side) => expect(Math.abs(value - shown[row]!.box[side]!)).toBeLessThan(0.51)),
  )

  const hidden = shown[0]!.name
  await app.getByRole('button', { name: `Hide ${hidden}`, exact: true }).click()
  const csv = (await exported(app, 'CSV')).toString().trim().split('\r\n').slice(1)
  expect(csv).toHaveLength(await rows(app).count())
  expect(csv.some((line) => line.includes(`,${hidden},`))).toBe(false)
  const yolo = (await exported(app, 'YOLO text')).toString().trim().split('\n')
  expect(yolo).toHaveLength(csv.length)
  const voc = (await exported(app, 'VOC XML')).toString()
  expect(voc.match(/<object>/g)).toHaveLength(csv.length)
  const png = await exported(app, 'Picture with boxes')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([960, 640])
})

test('a folder is run through, what cannot be read is named last, and nothing else is lost', async ({ app }) => {
  await openDetect(app)
  const folder = await mixedFolder()
  try {
    await runFolder(app, folder)
    await expect(app.getByText('2 files could not be read')).toBeVisible({ timeout: 60_000 })
    const cells = strip(app).getByRole('option')
    await expect(cells).toHaveCount(4, { timeout: 60_000 })
    const names = await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')))
    expect(names[0]).toMatch(/a-shelf\.jpg, \d+ found/)
    expect(names[1]).toMatch(/d-mirrored\.png, \d+ found/)
    expect(names.slice(2).join(' ')).toMatch(/b-cut\.jpg: .+c-notes\.jpg: /)
    await app.keyboard.press('ArrowRight')
    await expect(app.getByText('2 of 3 pictures')).toBeVisible()

    await app.reload()
    await expect(app.getByText('2 of 3 pictures')).toBeVisible()
    const run = JSON.parse((await exported(app, 'All 2 pictures as COCO JSON')).toString()) as Coco
    expect(run.images.map(({ file_name }) => file_name)).toEqual(['mixed/a-shelf.jpg', 'mixed/d-mirrored.png'])

    await app.getByRole('button', { name: 'Leave this folder, back to single pictures' }).click()
    await expect(app.getByText('single picture')).toBeVisible()
    await app.getByRole('button', { name: 'Earlier pictures and folders' }).click()
    await app
      .getByRole('dialog')
      .getByRole('button', { name: /^mixed/ })
      .click()
    await expect(app.getByText('1 of 3 pictures')).toBeVisible()
  } finally {
    await rm(dirname(folder), { recursive: true, force: true })
  }
})

test('a picture that lies on its side in the file has its boxes in place', async ({ app }) => {
  await openDetect(app)
  await setScore(app, 0.7)
  const upright = await tableRows(app)
  await dropFile(app, 'turned.jpg', await turnedScene())
  await expect(app.getByText('turned.jpg').first()).toBeVisible()
  await expect(app.getByText('960 × 640')).toBeVisible()
  await expect(strip(app).getByRole('option')).toHaveCount(2)
  const turned = await tableRows(app)
  const found = upright.filter((one) =>
    turned.some(
      ({ name, box }) => name === one.name && box.every((value, side) => Math.abs(value - one.box[side]!) < 12),
    ),
  )
  // It was compressed once more: scores on the brink may fall. Turned wrongly, hardly any would be left.
  expect(found.length / upright.length).toBeGreaterThan(0.75)
  expect(
    await app
      .getByRole('group', { name: /^Stage: turned/ })
      .locator('img')
      .first()
      .evaluate((image) => {
        const { naturalWidth, naturalHeight } = image as HTMLImageElement
        return [naturalWidth, naturalHeight]
      }),
  ).toEqual([960, 640])
})

test('a box becomes the mask of a new picture, white where the box is', async ({ app }) => {
  await openDetect(app)
  await rows(app).first().click()
  const [row] = await tableRows(app)
  await app.getByRole('button', { name: 'Mask this in Image' }).click()
  const mask = app.getByRole('img', { name: 'Mask: white is painted anew' })
  await expect(mask).toBeVisible()
  await expect(app.getByRole('img', { name: 'Start image' })).toBeVisible()
  const [left, top, width, height] = row!.box as [number, number, number, number]
  const seen = await mask.evaluate(
    async (element, points) => {
      const image = element as HTMLImageElement
      await image.decode()
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight)
      const context = canvas.getContext('2d')!
      context.drawImage(image, 0, 0)
      const at = ([x, y]: readonly number[]) => context.getImageData(x!, y!, 1, 1).data[0]
      return { size: [image.naturalWidth, image.naturalHeight], values: points.map(at) }
    },
    [
      [left + width / 2, top + height / 2],
      [left + 3, top + 3],
      [left + width - 4, top + height - 4],
      [left - 4, top + height / 2],
      [left + width + 4, top + height / 2],
    ].map((point) => point.map(Math.round)),
  )
  expect(seen).toEqual({ size: [960, 640], values: [255, 255, 255, 0, 0] })
  await app.getByRole('button', { name: 'Edit the mask' }).click()
  await expect(app.getByRole('button', { name: 'Use this mask' })).toBeVisible()
})

test('what is in a box goes to Chat with a question', async ({ app }) => {
  await openDetect(app)
  await rows(app).first().click()
  const [row] = await tableRows(app)
  await app.getByRole('button', { name: 'Ask about this in Chat' }).click()
  await expect(app.getByRole('textbox', { name: 'Message' })).toHaveValue(new RegExp(row!.name))
  const [width, height] = row!.box.slice(2) as [number, number]
  const size = app.getByRole('list', { name: 'Attached pictures' }).getByText(/^\d+ × \d+$/)
  const [wide, high] = (await size.innerText()).split(' × ').map(Number) as [number, number]
  // Cut out along whole pixels.
  expect(Math.abs(wide - width)).toBeLessThanOrEqual(2)
  expect(Math.abs(high - height)).toBeLessThanOrEqual(2)
})

test('labels say what is right and what was missed, with the curve', async ({ app }) => {
  await openDetect(app)
  await app.getByRole('tab', { name: 'Labels' }).click()
  const chooser = app.waitForEvent('filechooser')
  await app.getByRole('button', { name: 'Open labels' }).click()
  await (await chooser).setFiles(sceneLabels)
  const verdicts = app.getByRole('list', { name: 'toy-shelf.jpg against its labels' })
  await expect(verdicts).toContainText(/[1-9]\d* right/)
  await expect(app.getByRole('img', { name: /^At threshold 0\.\d\d: precision/ })).toBeVisible()
  await expect(app.getByText('AP50', { exact: true })).toBeVisible()
  await expectNoViolations(app)
})

test('two detectors are compared box by box', async ({ page }) => {
  const models = await twoDetectors()
  const studio = await startStudio(undefined, 0, models)
  try {
    await page.goto(studio.url)
    await openDetect(page)
    const count = await rows(page).count()
    await page.getByRole('tab', { name: 'Compare' }).click()
    await page.getByRole('button', { name: /Compare with$/ }).click()
    const other = (await page.getByRole('button', { name: /Model$/ }).innerText()).includes('Second')
      ? /Emoji/
      : /Second/
    await page.getByRole('option', { name: other }).first().click()
    // The same weights see the same.
    await expect(page.getByText(`${count} matches`)).toBeVisible()
    await expect(page.getByText(', 0 only here, 0 only there')).toBeVisible()
    const field = page.getByRole('textbox', { name: 'Its score, exact' })
    await field.fill('0.99')
    await field.press('Enter')
    await expect(page.getByText('Only this one')).toBeVisible()
    await expectNoViolations(page)
  } finally {
    await studio.stop()
    await rm(models, { recursive: true, force: true })
  }
})

test('a video is looked at frame by frame, and can be stepped through', async ({ app }) => {
  await openDetect(app)
  const film = await recordedFilm(app, await readFile(scene))
  await dropFile(app, 'shelf.webm', film, 'video/webm')
  const controls = app.getByRole('region', { name: 'Video' })
  await expect(controls).toBeVisible()
  await expect(rows(app).first()).toBeVisible({ timeout: 30_000 })
  await controls.getByRole('button', { name: 'Play' }).click()
  await expect(controls.getByText(/[1-9]\d* looked at/)).toBeVisible()
  await controls
    .getByRole('button', { name: 'Pause' })
    .or(controls.getByRole('button', { name: 'Play' }))
    .click()
  await controls.getByRole('button', { name: 'One frame back' }).click()
  await expect(rows(app).first()).toBeVisible()
  await controls.getByRole('button', { name: 'Close' }).click()
  await dropFile(app, 'broken.mp4', Buffer.from('no film'), 'video/mp4')
  await expect(controls.getByRole('alert')).toContainText(/cannot be (played|decoded)/)
})

/** Two seconds of the scene, as the browser records them. */
async function recordedFilm(page: Page, picture: Buffer): Promise<Buffer> {
  const base64 = await page.evaluate(async (source) => {
    const bytes = Uint8Array.from(atob(source), (character) => character.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const canvas = document.createElement('canvas')
    canvas.width = 480
    canvas.height = 320
    const context = canvas.getContext('2d')!
    const draw = setInterval(() => context.drawImage(bitmap, (performance.now() / 50) % 8, 0, 480, 320), 40)
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' })
    const parts: Blob[] = []
    recorder.ondataavailable = ({ data }) => parts.push(data)
    const isOver = new Promise((resolve) => (recorder.onstop = resolve))
    recorder.start()
    await new Promise((resolve) => setTimeout(resolve, 2000))
    recorder.stop()
    await isOver
    clearInterval(draw)
    let text = ''
    for (const byte of new Uint8Array(await new Blob(parts).arrayBuffer())) text += String.fromCharCode(byte)
    return btoa(text)
  }, picture.toString('base64'))
  return Buffer.from(base64, 'base64')
}
