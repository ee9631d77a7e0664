import type { Locator, Page } from '@playwright/test'
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { expect } from './studio'

export const scene = resolve('resources/samples/detect/toy-shelf.jpg')
/** The labels of the scene, in COCO's JSON. */
export const sceneLabels = resolve('resources/samples/detect/toy-shelf.json')

export const rows = (page: Page): Locator => page.getByRole('table', { name: 'Objects' }).locator('[data-candidate]')
export const strip = (page: Page): Locator => page.getByRole('listbox', { name: /^(Single pictures|Pictures of)/ })

/** The panel, once it has looked at the bundled scene by itself. */
export async function openDetect(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Detect' }).click()
  await expect(rows(page).first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('toy-shelf.jpg').first()).toBeVisible()
}

export interface TableRow {
  readonly name: string
  readonly score: string
  readonly box: readonly number[]
}

/** What the table says, row by row. */
export async function tableRows(page: Page): Promise<readonly TableRow[]> {
  const texts = await rows(page).evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('[role="cell"]')].map((cell) => cell.textContent ?? '')),
  )
  return texts.map(([name = '', score = '', ...box]) => ({ name, score, box: box.map(Number) }))
}

/** Drops a file on the stage, as the desktop would. */
export async function dropFile(page: Page, name: string, bytes: Buffer, type = 'image/jpeg'): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ base64, name, type }) => {
      const data = new DataTransfer()
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      data.items.add(new File([bytes], name, { type }))
      return data
    },
    { base64: bytes.toString('base64'), name, type },
  )
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
}

export async function setScore(page: Page, score: number): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Score, exact' })
  await field.fill(score.toFixed(2))
  await field.press('Enter')
}

/** Presses an entry of the export menu. @returns the saved file */
export async function exported(page: Page, entry: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: entry, exact: true }).click()
  return readFile(await (await download).path())
}

/** Four pictures of which one is cut off and one is no picture at all. */
export async function mixedFolder(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'atelier-folder-')), 'mixed')
  await mkdir(folder)
  const bytes = await readFile(scene)
  await writeFile(join(folder, 'a-shelf.jpg'), bytes)
  await writeFile(join(folder, 'b-cut.jpg'), bytes.subarray(0, 2000))
  await writeFile(join(folder, 'c-notes.jpg'), 'no picture')
  await writeFile(join(folder, 'd-mirrored.png'), await sharp(bytes).flop().png().toBuffer())
  return folder
}

/** Many pictures, so that a run over them can be met while it goes on. */
export async function longFolder(count: number): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'atelier-folder-')), 'many')
  await mkdir(folder)
  const bytes = await sharp(scene).jpeg({ quality: 60 }).toBuffer()
  for (let index = 0; index < count; index++) await writeFile(join(folder, `${index}.jpg`), bytes)
  return folder
}

/** Chooses a folder to be run through, as in a browser: its pictures are brought in one by one. */
export async function runFolder(page: Page, folder: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Run folder' }).click()
  await (await chooser).setFiles(folder)
}

/** The scene lying on its side in the file, with a note in it that it is to be turned upright. */
export async function turnedScene(): Promise<Buffer> {
  return sharp(scene).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer()
}

/** A folder with the bundled detector, and the same weights once more under another name. */
export async function twoDetectors(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-models-'))
  const bundled = join(process.env['ATELIER_MODELS'] ?? 'resources/models', 'thundernet-emoji')
  await cp(bundled, join(folder, 'thundernet-emoji'), { recursive: true, dereference: true })
  await cp(bundled, join(folder, 'second'), { recursive: true, dereference: true })
  const manifest = JSON.parse(await readFile(join(folder, 'second/studio.json'), 'utf8')) as object
  await writeFile(join(folder, 'second/studio.json'), JSON.stringify({ ...manifest, id: 'second', name: 'Second one' }))
  return folder
}
