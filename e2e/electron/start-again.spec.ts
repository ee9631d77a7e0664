import { enginePid, servedEngines, watchPorts } from './engine'
import { expect, test } from './launch'

test('the window starts an engine again that failed for good, with the prompt as it was', async ({ desktop, page }) => {
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toHaveLength(1)
  const prompt = page.getByRole('textbox', { name: 'Prompt', exact: true })
  await prompt.fill('half a sentence')
  for (let kills = 1; kills <= 4; kills++) {
    process.kill((await enginePid(desktop)) ?? 0, 'SIGKILL')
    if (kills < 4) await expect.poll(() => servedEngines(page), { timeout: 20_000 }).toHaveLength(kills + 1)
  }
  const note = page.getByRole('alert').filter({ hasText: 'The engine has stopped' })
  await expect(note).toBeVisible()
  await note.getByRole('button', { name: 'Start again' }).click()
  await expect(note).toBeHidden({ timeout: 20_000 })
  await expect(prompt).toHaveValue('half a sentence')
  await prompt.press('Control+Enter')
  await expect(page.getByRole('button', { name: /^Image 1 of 1/ })).toBeVisible({ timeout: 60_000 })
})
