import type { Locator, Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect } from './studio'

/** Tiny models, for what a big one would only make slow. */
export const fixtureModels = join(process.cwd(), 'test-fixtures/models')

const picturesFolder = resolve(import.meta.dirname, 'pictures')

export const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' })
export const answers = (page: Page): Locator => page.getByRole('article', { name: /^Answer of/ })
export const ownMessages = (page: Page): Locator => page.getByRole('article', { name: 'You' })

export async function openChat(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Chat' }).click()
  await expect(field(page)).toBeVisible()
  // Nothing can be sent before the models are known.
  await expect(page.getByRole('heading', { name: /^(Drop a picture|Write to)/ })).toBeVisible()
}

/** Drops a file on the middle of the thread, as the desktop would. */
export async function dropPicture(page: Page, name: string): Promise<void> {
  const bytes = [...(await readFile(join(picturesFolder, name)))]
  const transfer = await page.evaluateHandle(
    ({ bytes, name }) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }))
      return data
    },
    { bytes, name },
  )
  const thread = page.getByRole('region', { name: 'Conversation', exact: true })
  await thread.dispatchEvent('dragenter', { dataTransfer: transfer })
  await thread.dispatchEvent('drop', { dataTransfer: transfer })
  await expect(page.getByRole('list', { name: 'Attached pictures' }).getByText(name)).toBeVisible()
}

export async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await field(page).press('Enter')
}

/** Waits until nothing is being written any more, with so many answers on the branch that is shown. */
export async function answered(page: Page, count: number): Promise<Locator> {
  await expect(answers(page)).toHaveCount(count)
  await expect(answers(page).nth(count - 1)).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 })
  return answers(page).nth(count - 1)
}

export async function setSteps(page: Page, steps: number): Promise<void> {
  await page.getByRole('button', { name: /^How it is drawn/ }).click()
  const number = page.getByRole('dialog').getByRole('textbox', { name: 'Steps, exact' })
  await number.fill(String(steps))
  await number.press('Enter')
  await page.keyboard.press('Escape')
}
