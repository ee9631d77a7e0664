import { openDetect } from './support/detect'
import { expect, test } from './support/studio'

// A made-up camera: flags are for the whole browser, so that this file has one of its own.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const args = [...(launchOptions.args ?? []), '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
    await use({ ...launchOptions, args })
  },
})

test('the camera is looked through live, and goes off when it is switched off', async ({ app, context }) => {
  await context.grantPermissions(['camera'])
  await openDetect(app)
  await app.getByRole('button', { name: 'Use the camera' }).click()
  const controls = app.getByRole('region', { name: 'Video' })
  await expect(controls.getByText(/[1-9]\d* looked at/)).toBeVisible({ timeout: 30_000 })
  const track = await app.evaluateHandle(
    () => (document.querySelector('video')!.srcObject as MediaStream).getVideoTracks()[0]!,
  )
  expect(await track.evaluate(({ readyState }) => readyState)).toBe('live')
  await controls.getByRole('button', { name: 'Switch off' }).click()
  expect(await track.evaluate(({ readyState }) => readyState)).toBe('ended')
  await expect(controls).toBeHidden()
})
