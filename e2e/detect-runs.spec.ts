import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import type { RunningStudio } from './support/studio'
import {
  exported,
  longFolder,
  mixedFolder,
  openDetect,
  rows,
  runFolder,
  setScore,
  strip,
  tableRows,
} from './support/detect'
import { expect, test } from './support/studio'
import { unzipped } from './support/unzip'

const many = 600

/** What the core itself says of the newest run. */
async function newestRun(page: Page, studio: RunningStudio): Promise<{ id: string; done: number; total: number }> {
  const answer = await page.request.post(new URL('/api/detection/runs', studio.url).href, { data: { json: {} } })
  return ((await answer.json()) as { json: { runs: { id: string; done: number; total: number }[] } }).json.runs[0]!
}

async function finished(page: Page): Promise<void> {
  await expect(page.getByText(`${many} pictures`, { exact: true })).toBeVisible({ timeout: 120_000 })
}

// A run must be long enough to be met while it goes on.
test.slow()

/** Begins a run over a folder of the core's own machine, and opens it from the list of earlier ones. */
async function runOwnFolder(page: Page, studio: RunningStudio, folder: string): Promise<void> {
  const data = { json: { modelId: 'thundernet-emoji', source: { kind: 'folder', folder } } }
  const answer = await page.request.post(new URL('/api/detection/runFolder', studio.url).href, { data })
  expect(answer.ok()).toBe(true)
  await page.getByRole('button', { name: 'Earlier pictures and folders' }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^many/ }).click()
  await expect(page.getByText(new RegExp(`^[1-9]\\d* of ${many} pictures`)).first()).toBeVisible({ timeout: 60_000 })
}

test('a folder run that was stopped goes on where it was, and no picture is looked at twice', async ({
  app,
  studio,
}) => {
  await openDetect(app)
  const folder = await longFolder(many)
  try {
    await runOwnFolder(app, studio, folder)
    await app.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(app.getByText(new RegExp(`^stopped after \\d+ of ${many}$`))).toBeVisible()
    const { done } = await newestRun(app, studio)
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(many)
    await expect(rows(app).first()).toBeVisible()
    await app.getByRole('button', { name: 'Go on' }).click()
    await finished(app)
    expect(await newestRun(app, studio)).toMatchObject({ done: many, total: many })
    await strip(app).press('End')
    await expect(app.getByText(`${many} of ${many} pictures`)).toBeVisible()
    await expect(app.getByRole('button', { name: 'Run again' })).toBeVisible()
  } finally {
    await rm(dirname(folder), { recursive: true, force: true })
  }
})

test('a page that is loaded anew while a run goes on picks it up', async ({ app, studio }) => {
  await openDetect(app)
  const folder = await longFolder(many)
  try {
    await runOwnFolder(app, studio, folder)
    await app.reload()
    await expect(app.getByRole('progressbar', { name: /^Pictures of/ })).toBeVisible()
    await expect(app.getByRole('button', { name: 'Stop', exact: true })).toBeVisible()
    await finished(app)
    await expect(rows(app).first()).toBeVisible()
  } finally {
    await rm(dirname(folder), { recursive: true, force: true })
  }
})

test('archives of a whole folder hold what is on the screen', async ({ app }) => {
  await openDetect(app)
  const folder = await mixedFolder()
  try {
    await runFolder(app, folder)
    await expect(strip(app).getByRole('option')).toHaveCount(4, { timeout: 60_000 })
    await expect(app.getByRole('button', { name: 'Try failed again' })).toBeVisible({ timeout: 60_000 })
    await setScore(app, 0.3)
    await expect(app.getByText('1 of 3 pictures')).toBeVisible()
    const shown = await tableRows(app)
    expect(shown.length).toBeGreaterThan(3)

    const yolo = unzipped(await exported(app, 'All 2 pictures as YOLO text'))
    expect([...yolo.keys()]).toEqual(['classes.txt', 'mixed/a-shelf.txt', 'mixed/d-mirrored.txt'])
    const names = yolo.get('classes.txt')!.trim().split('\n')
    const lines = yolo.get('mixed/a-shelf.txt')!.trim().split('\n')
    expect(lines.map((line) => names[Number(line.split(' ')[0])])).toEqual(shown.map(({ name }) => name))
    lines.forEach((line, row) => {
      const [x, y, width, height] = line.split(' ').slice(1).map(Number) as [number, number, number, number]
      const box = [(x - width / 2) * 960, (y - height / 2) * 640, width * 960, height * 640]
      box.forEach((side, place) => expect(Math.abs(side - shown[row]!.box[place]!)).toBeLessThan(0.51))
    })

    const voc = unzipped(await exported(app, 'All 2 pictures as VOC XML'))
    expect([...voc.keys()]).toEqual(['mixed/a-shelf.xml', 'mixed/d-mirrored.xml'])
    const objects = await app.evaluate((text) => {
      const xml = new DOMParser().parseFromString(text, 'application/xml')
      const of = (element: Element, name: string) => element.querySelector(name)?.textContent ?? ''
      return [...xml.querySelectorAll('object')].map((object) => ({
        name: of(object, 'name'),
        corners: ['xmin', 'ymin', 'xmax', 'ymax'].map((side) => Number(of(object, side))),
      }))
    }, voc.get('mixed/a-shelf.xml')!)
    expect(objects.map(({ name }) => name)).toEqual(shown.map(({ name }) => name))
    objects.forEach(({ corners: [left, top, right, bottom] }, row) => {
      // Whole pixels, counted from 1, the last one inside.
      const box = [left! - 1, top! - 1, right! - left! + 1, bottom! - top! + 1]
      box.forEach((side, place) => expect(Math.abs(side - shown[row]!.box[place]!)).toBeLessThanOrEqual(2))
    })
  } finally {
    await rm(dirname(folder), { recursive: true, force: true })
  }
})

interface Coco {
  readonly images: readonly { readonly id: number; readonly file_name: string }[]
  readonly annotations: readonly {
    readonly image_id: number
    readonly bbox: readonly [number, number, number, number]
  }[]
}

test('a whole folder is held against labels: its own boxes are right, moved ones are not', async ({ app }) => {
  await openDetect(app)
  const folder = await mixedFolder()
  try {
    await runFolder(app, folder)
    await expect(app.getByRole('button', { name: 'Try failed again' })).toBeVisible({ timeout: 60_000 })
    await setScore(app, 0.3)
    const own = JSON.parse((await exported(app, 'All 2 pictures as COCO JSON')).toString()) as Coco
    const labels = join(dirname(folder), 'labels.json')
    const evaluate = async (truth: Coco): Promise<Record<string, string>> => {
      await writeFile(labels, JSON.stringify(truth))
      await app.getByRole('tab', { name: 'Labels' }).click()
      const away = app.getByRole('button', { name: 'Put the labels away' })
      if (await away.isVisible()) await away.click()
      const chooser = app.waitForEvent('filechooser')
      await app.getByRole('button', { name: 'Open labels' }).click()
      await (await chooser).setFiles(labels)
      await app.getByRole('button', { name: 'Evaluate all of mixed' }).click()
      const table = app.locator('section', { has: app.getByRole('heading', { name: 'mixed' }) })
      await expect(table.getByText('AP50', { exact: true })).toBeVisible()
      return table.evaluate((section) =>
        Object.fromEntries(
          [...section.querySelectorAll('dl > div')].map((row) => [
            row.querySelector('dt')!.textContent,
            row.querySelector('dd')!.textContent,
          ]),
        ),
      )
    }
    expect(await evaluate(own)).toMatchObject({ 'AP, IoU 0.50 to 0.95': '1.000', AP50: '1.000', AP75: '1.000' })
    // Boxes of the second picture are moved by more than their width: what was found there is all false.
    const second = own.images[1]!.id
    const moved = own.annotations.map((one) =>
      one.image_id === second ? { ...one, bbox: [2000, one.bbox[1], one.bbox[2], one.bbox[3]] as const } : one,
    )
    const { AP50 } = await evaluate({ ...own, annotations: moved })
    expect(Number(AP50)).toBeGreaterThan(0.2)
    expect(Number(AP50)).toBeLessThan(0.8)
    const first = own.images[0]!
    await evaluate({ ...own, images: [first], annotations: own.annotations.filter((one) => one.image_id === first.id) })
    await expect(
      app.getByText('Left out: 0 labelled pictures that the run does not have, 1 picture without labels.'),
    ).toBeVisible()
  } finally {
    await rm(dirname(folder), { recursive: true, force: true })
  }
})
