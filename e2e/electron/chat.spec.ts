import { enginePid } from './engine'
import { expect, test } from './launch'
import { answered, answers, openChat, ownMessages, say, setSteps } from '../support/chat'

test('an engine that dies in mid-draw costs that answer alone, which is drawn again where it stands', async ({
  desktop,
  page,
}) => {
  await openChat(page)
  await page.getByRole('radio', { name: 'Draw', exact: true }).click()
  await setSteps(page, 200)
  await say(page, 'a red apple')
  await expect(page.getByText(/^Step [1-9]\d* of 199$/)).toBeVisible({ timeout: 30_000 })
  process.kill((await enginePid(desktop)) ?? 0, 'SIGKILL')
  const failed = answers(page).getByRole('alert')
  await expect(failed).toBeVisible({ timeout: 30_000 })
  await expect(ownMessages(page)).toContainText('a red apple')
  await failed.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText(/^Step [1-9]\d* of 199$/)).toBeVisible({ timeout: 30_000 })
  await page.keyboard.press('Escape')
  await expect(await answered(page, 1)).toContainText(/Stopped at step/)
})
