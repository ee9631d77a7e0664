import { _electron } from '@playwright/test'
import { expect, root, test } from './launch'
import { openDetect, rows } from '../support/detect'

test('the desktop finds things in the bundled scene', async ({ page }) => {
  await openDetect(page)
  expect(await rows(page).count()).toBeGreaterThan(3)
})

test('the page may see the camera, and hear nothing', async ({ data }) => {
  const app = await _electron.launch({
    args: [root, '--disable-gpu', '--use-fake-device-for-media-stream'],
    env: { ...(process.env as Record<string, string>), ATELIER_DATA: data },
  })
  try {
    const page = await app.firstWindow()
    await openDetect(page)
    await page.getByRole('button', { name: 'Use the camera' }).click()
    const controls = page.getByRole('region', { name: 'Video' })
    await expect(controls.getByText(/[1-9]\d* looked at/)).toBeVisible({ timeout: 30_000 })
    await controls.getByRole('button', { name: 'Switch off' }).click()
    const refused = await page.evaluate(async () => {
      const ask = (wanted: MediaStreamConstraints) =>
        navigator.mediaDevices.getUserMedia(wanted).then(
          () => 'given',
          (error: Error) => error.name,
        )
      return [await ask({ audio: true }), await ask({ audio: true, video: true })]
    })
    expect(refused).toEqual(['NotAllowedError', 'NotAllowedError'])
  } finally {
    await app.close()
  }
})
