import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { answered, dropPicture, field, openChat, ownMessages } from './support/chat'
import { openDetect, rows, scene, strip } from './support/detect'
import { expect, test } from './support/studio'

/** The scene as a PNG on the clipboard, as a screenshot tool leaves it. */
async function copyScene(page: Page): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(
    async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes]))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      canvas.getContext('2d')!.drawImage(bitmap, 0, 0)
      const picture = await canvas.convertToBlob({ type: 'image/png' })
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })])
    },
    (await readFile(scene)).toString('base64'),
  )
}

test('a picture on the clipboard is looked at, by its button and by its keys', async ({ app }) => {
  await openDetect(app)
  await copyScene(app)
  await app.getByRole('button', { name: 'Paste a picture' }).click()
  await expect(app.getByText('pasted.png').first()).toBeVisible()
  await expect(strip(app).getByRole('option')).toHaveCount(2)
  await expect(rows(app).first()).toBeVisible()
  await app.getByRole('group', { name: /^Stage/ }).focus()
  await app.keyboard.press('Control+v')
  await expect(strip(app).getByRole('option')).toHaveCount(3)
  await expect(app.getByText('960 × 640')).toBeVisible()
  await expect(rows(app).first()).toBeVisible()
})

test('a picture of the gallery is looked at in Detect', async ({ app }) => {
  await app.getByRole('textbox', { name: 'Prompt', exact: true }).fill('a red apple, fluent 3d')
  await app.keyboard.press('Control+Enter')
  const tile = app.getByRole('grid', { name: 'Pictures' }).getByRole('button', { name: /^Image \d+ of \d+/ })
  await expect(tile).toHaveCount(1, { timeout: 60_000 })
  await tile.click({ button: 'right' })
  await app.getByRole('menuitem', { name: 'Find things in it in Detect' }).click()
  await expect(app.getByRole('group', { name: /^Stage: .*apple/ })).toBeVisible()
  await expect(app.getByText('128 × 128')).toBeVisible()
  await expect(
    rows(app)
      .first()
      .or(app.getByText(/^Nothing above/)),
  ).toBeVisible({ timeout: 30_000 })
  // The bundled scene is for those who bring nothing.
  await expect(app.getByText('toy-shelf.jpg')).toHaveCount(0)
})

test('a picture of a conversation is looked at in Detect', async ({ app }) => {
  await openChat(app)
  await dropPicture(app, 'apple.png')
  await field(app).fill('What is in the picture?')
  await field(app).press('Enter')
  await answered(app, 1)
  await ownMessages(app)
    .getByRole('button', { name: /apple\.png/ })
    .click()
  await app.getByRole('button', { name: 'Find things in it' }).click()
  await expect(app.getByRole('group', { name: 'Stage: apple.png' })).toBeVisible()
  await expect(
    rows(app)
      .first()
      .or(app.getByText(/^Nothing above/)),
  ).toBeVisible({ timeout: 30_000 })
})
