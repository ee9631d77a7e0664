import { app, BrowserWindow, dialog, nativeImage, Notification, shell, type WebContents } from 'electron'
import { rmSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { StudioError } from '../contract/errors'
import { assetIdSchema, type AssetId } from '../contract/ids'
import { assetResponse } from '../main/hosts/asset-response'
import { channels } from './channels'
import { writePicture } from './clipboard'
import { extensionFor, safeFileName } from './file-name'
import { bringToFront } from './lifecycle'
import type { LogFile } from './log-file'
import type { ShellPaths } from './paths'
import { assetOrigin } from './scheme'
import type { ShellMemory } from './shell-state'
import { setTheme } from './theme'
import { answer, hear } from './trusted-ipc'

const dragIconSide = 96

interface AssetFile {
  readonly path: string
  readonly extension: string
}

async function findAsset(id: AssetId, folder: string): Promise<AssetFile> {
  const { ok, headers } = await assetResponse(new Request(`${assetOrigin}/${id}`, { method: 'HEAD' }), folder)
  if (!ok) {
    throw new StudioError('ASSET_NOT_FOUND', 'This picture is not in the studio any more', { detail: id })
  }
  return { path: join(folder, id.slice(0, 2), id), extension: extensionFor(headers.get('content-type')) }
}

function windowOf(page: WebContents): BrowserWindow {
  const window = BrowserWindow.fromWebContents(page)
  if (window === null) throw new StudioError('INTERNAL', 'The window is closed')
  return window
}

async function copyImage(asset: AssetFile): Promise<void> {
  const image = nativeImage.createFromPath(asset.path)
  if (image.isEmpty()) {
    throw new StudioError('INVALID_INPUT', `Pictures of this kind (${asset.extension}) cannot be copied`, {
      remedy: 'Save it instead.',
    })
  }
  await writePicture(image)
}

async function saveImageAs(window: BrowserWindow, asset: AssetFile, suggestedName: string): Promise<boolean> {
  const { extension } = asset
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    defaultPath: join(app.getPath('pictures'), safeFileName(suggestedName, extension)),
    filters: extension === '' ? [] : [{ name: 'Picture', extensions: [extension.slice(1)] }],
  })
  if (canceled || filePath === undefined || filePath === '') return false
  try {
    await copyFile(asset.path, filePath)
  } catch (cause) {
    throw new StudioError(
      'INVALID_INPUT',
      `The picture could not be written to ${filePath}`,
      { remedy: 'Choose a folder that can be written to.', detail: String(cause) },
      { cause },
    )
  }
  return true
}

/** Other programs take a file by its name, and an asset's own name says nothing: they get a copy with a better one. */
async function outgoingCopy(id: AssetId, asset: AssetFile, folder: string): Promise<string> {
  const path = join(folder, `atelier-${id.slice(0, 12)}${asset.extension}`)
  await mkdir(folder, { recursive: true })
  await copyFile(asset.path, path)
  return path
}

async function startDrag(page: WebContents, file: string): Promise<void> {
  const picture = nativeImage.createFromPath(file)
  const { width, height } = picture.getSize()
  const icon = picture.isEmpty()
    ? await app.getFileIcon(file)
    : picture.resize(width >= height ? { width: dragIconSide } : { height: dragIconSide })
  page.startDrag({ file, icon })
}

async function openFolderDialog(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Choose a folder with models',
    properties: ['openDirectory', 'createDirectory'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

function notify(page: WebContents, title: string, body: string): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ title, body, silent: true })
  notification.on('click', () => {
    // The window may be closed by now.
    const window = page.isDestroyed() ? null : BrowserWindow.fromWebContents(page)
    if (window !== null) bringToFront(window)
  })
  notification.show()
}

/** What only the desktop can do for the page. */
export function setupHostService(paths: ShellPaths, memory: ShellMemory, log: LogFile): void {
  const oneAsset = z.tuple([assetIdSchema])
  const find = (id: AssetId): Promise<AssetFile> => findAsset(id, paths.assets)

  answer(channels.copyImage, oneAsset, async (_page, id) => copyImage(await find(id)))
  answer(channels.saveImageAs, z.tuple([assetIdSchema, z.string().max(1000)]), async (page, id, name) =>
    saveImageAs(windowOf(page), await find(id), name),
  )
  answer(channels.openFolderDialog, z.tuple([]), (page) => openFolderDialog(windowOf(page)))
  answer(channels.revealAsset, oneAsset, async (_page, id) => shell.showItemInFolder((await find(id)).path))

  hear(channels.startDrag, oneAsset, (page, id) => {
    find(id)
      .then(async (asset) => startDrag(page, await outgoingCopy(id, asset, paths.outgoing)))
      .catch((error: unknown) => log.write('shell', `A drag did not start: ${String(error)}`))
  })
  hear(channels.setTheme, z.tuple([z.enum(['system', 'dark', 'light'])]), (_page, theme) => setTheme(theme, memory))
  hear(channels.notify, z.tuple([z.string().max(200), z.string().max(1000)]), notify)

  app.on('quit', () => rmSync(paths.outgoing, { recursive: true, force: true }))
}
