import type { Page } from '@playwright/test'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, root, test } from './launch'

/** Puts a picture into the asset store. */
async function store(data: string): Promise<{ id: string; bytes: Buffer }> {
  const bytes = await readFile(join(root, 'e2e', 'electron', 'picture.png'))
  const id = createHash('sha256').update(bytes).digest('hex')
  await mkdir(join(data, 'assets', id.slice(0, 2)), { recursive: true })
  await writeFile(join(data, 'assets', id.slice(0, 2), id), bytes)
  return { id, bytes }
}

async function call(page: Page, method: 'copyImage' | 'revealAsset' | 'saveImageAs', ...values: unknown[]) {
  return page.evaluate(
    async ([name, args]) => {
      try {
        return { value: await (window.atelier.host[name] as (...all: unknown[]) => Promise<unknown>)(...args) }
      } catch (error) {
        return { error: (error as Error).message }
      }
    },
    [method, values] as const,
  )
}

const missing = 'f'.repeat(64)

test('an asset is served whole and in parts, and its pixels can be read', async ({ page, data }) => {
  const { id, bytes } = await store(data)
  const seen = await page.evaluate(async (url) => {
    const whole = await fetch(url)
    const part = await fetch(url, { headers: { range: 'bytes=1-3' } })
    const beyond = await fetch(url, { headers: { range: 'bytes=9999999-' } })
    const image = new Image()
    image.crossOrigin = 'anonymous'
    image.src = url
    await image.decode()
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context?.drawImage(image, 0, 0)
    return {
      length: (await whole.arrayBuffer()).byteLength,
      caching: whole.headers.get('cache-control'),
      part: [part.status, await part.text()],
      beyond: beyond.status,
      pixel: Array.from(context?.getImageData(0, 0, 1, 1).data ?? []),
    }
  }, `studio://asset/${id}`)
  expect(seen).toMatchObject({
    length: bytes.length,
    part: [206, 'PNG'],
    beyond: 416,
    pixel: [108, 182, 255, 255],
  })
})

test('a picture is saved where the user says', async ({ desktop, page, data }) => {
  const { id, bytes } = await store(data)
  const target = join(data, 'saved.png')
  await desktop.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = (async (_window: unknown, options: { defaultPath?: string }) => {
      Object.assign(globalThis, { offered: options.defaultPath })
      return { canceled: false, filePath }
    }) as typeof dialog.showSaveDialog
  }, target)
  expect(await call(page, 'saveImageAs', id, '../../a fox: 7')).toEqual({ value: true })
  expect(await readFile(target)).toEqual(bytes)
  const offered = await desktop.evaluate(() => (globalThis as unknown as { offered: string }).offered)
  expect(offered).toMatch(/a fox 7\.png$/)
  expect(offered).not.toContain('..')
})

test('a user who changes their mind saves nothing', async ({ desktop, page, data }) => {
  const { id } = await store(data)
  await desktop.evaluate(({ dialog }) => {
    dialog.showSaveDialog = async () => ({ canceled: true, filePath: '' })
    dialog.showOpenDialog = async () => ({
      canceled: true,
      filePaths: [],
    })
  })
  expect(await call(page, 'saveImageAs', id, 'a fox')).toEqual({ value: false })
  expect(await page.evaluate(() => window.atelier.host.openFolderDialog())).toBeNull()
})

test('a picture is copied to the clipboard', async ({ desktop, page, data }) => {
  const { id } = await store(data)
  expect(await call(page, 'copyImage', id)).toEqual({ value: undefined })
  const has = await desktop.evaluate(async ({ clipboard }) => {
    const old = clipboard as unknown as { availableFormats?(): string[] }
    return old.availableFormats === undefined
      ? clipboard.has('image/png')
      : old.availableFormats().includes('image/png')
  })
  expect(has).toBe(true)
})

test('a picture is dragged out as a file with a readable name', async ({ desktop, page, data }) => {
  const { id, bytes } = await store(data)
  await desktop.evaluate(({ webContents }) => {
    for (const contents of webContents.getAllWebContents()) {
      contents.startDrag = ({ file, icon }) => {
        Object.assign(globalThis, { dragged: { file, icon: icon as Electron.NativeImage } })
      }
    }
  })
  await page.evaluate((asset) => window.atelier.host.startDrag(asset as never), id)
  const dragged = (): Promise<{ file: string; side: number } | null> =>
    desktop.evaluate(() => {
      const { dragged: drag } = globalThis as unknown as { dragged?: { file: string; icon: Electron.NativeImage } }
      return drag === undefined ? null : { file: drag.file, side: drag.icon.getSize().width }
    })
  await expect.poll(dragged).not.toBeNull()
  const { file, side } = (await dragged()) ?? { file: '', side: 0 }
  expect(file).toMatch(/atelier-[0-9a-f]{12}\.png$/)
  expect(side).toBe(96)
  expect(await readFile(file)).toEqual(bytes)
})

test('what is not in the store or makes no sense is refused in words', async ({ page }) => {
  expect(await call(page, 'revealAsset', missing)).toEqual({ error: 'This picture is not in the studio any more' })
  expect(await call(page, 'copyImage', '../../etc/passwd')).toEqual({
    error: 'The page asked for host:copy-image in a way that is not understood',
  })
  expect(await call(page, 'saveImageAs', missing, 7)).toHaveProperty('error')
})
