import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { expectNoViolations } from './support/accessibility'
import {
  answered,
  answers,
  dropPicture,
  field,
  fixtureModels,
  openChat,
  ownMessages,
  say,
  setSteps,
} from './support/chat'
import { expect, startStudio, test } from './support/studio'

const chooseMode = (page: Page, mode: string) => page.getByRole('radio', { name: mode, exact: true }).click()

async function draw(page: Page, text: string, steps = 6): Promise<void> {
  await chooseMode(page, 'Draw')
  await setSteps(page, steps)
  await say(page, text)
}

test('a dropped picture is asked about, and the answer says what is in it', async ({ app }) => {
  await openChat(app)
  await expectNoViolations(app)
  await dropPicture(app, 'apple.png')
  await field(app).fill('What is in the picture?')
  await expect(app.getByText(/^Auto answers in words:/)).toBeVisible()
  await expect(app.getByText(/^sent as \d+ × \d+, \d+ tokens$/)).toBeVisible()
  await field(app).press('Enter')
  const answer = await answered(app, 1)
  await expect(answer.getByRole('button', { name: /tok\/s/ })).toBeVisible()
  await expect(answer).toContainText(/apple/i)
  await expect(ownMessages(app).getByText(/^sent as/)).toBeVisible()
  await answer.getByRole('button', { name: /tok\/s/ }).click()
  await expect(answer.getByRole('row', { name: /^Prefill .+ rows/ })).toBeVisible()
  await app.getByRole('button', { name: 'Settings and branches' }).click()
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.emulateMedia({ colorScheme })
    await expectNoViolations(app)
  }
})

test('a picture is drawn in sight, edited, and drawn again beside itself', async ({ app }) => {
  await openChat(app)
  await field(app).fill('draw a red apple')
  await expect(app.getByText('Auto draws: “draw” asks for a picture')).toBeVisible()
  await setSteps(app, 60)
  await field(app).press('Enter')
  await expect(app.getByRole('progressbar', { name: 'Drawing' })).toBeVisible()
  const drawn = await answered(app, 1)
  await expect(drawn.getByRole('img', { name: /^Drawn picture/ })).toHaveJSProperty('complete', true)

  await drawn.getByRole('button', { name: 'Edit this' }).click()
  await setSteps(app, 8)
  await say(app, 'make the background green')
  const edited = await answered(app, 2)
  await expect(edited.getByRole('img', { name: 'Before' })).toBeVisible()
  await expect(edited.getByRole('img', { name: /^Edited picture/ })).toBeVisible()
  await expect(edited).toContainText(/Changed\s*\d+(\.\d)?% of pixels/)
  await expect(app.getByRole('radio', { name: 'Auto', exact: true })).toBeChecked()

  await edited.getByRole('button', { name: 'Answer again' }).click()
  const again = await answered(app, 2)
  await expect(again).toContainText('2 / 2')
  await again.getByRole('button', { name: 'Previous answer' }).click()
  await expect(answers(app).nth(1)).toContainText('1 / 2')
  await expectNoViolations(app)
})

test('a message that is said otherwise is a branch, and all branches travel through export and import', async ({
  app,
}) => {
  await openChat(app)
  await chooseMode(app, 'Read')
  await say(app, 'First words')
  await answered(app, 1)
  // Up in the empty field takes up the last message.
  await field(app).press('ArrowUp')
  await expect(field(app)).toHaveValue('First words')
  await say(app, 'Other words')
  await answered(app, 1)
  await expect(ownMessages(app)).toContainText('Other words')
  await ownMessages(app).getByRole('button', { name: 'Previous message' }).click()
  await expect(ownMessages(app)).toContainText('First words')

  await app.getByRole('button', { name: 'Export the conversation' }).click()
  const download = app.waitForEvent('download')
  await app.getByRole('menuitem', { name: /^JSON/ }).click()
  const path = await (await download).path()
  const record = JSON.parse(await readFile(path, 'utf8')) as { format: string; messages: unknown[] }
  expect(record.format).toBe('atelier-chat')
  expect(record.messages).toHaveLength(4)

  const list = app.getByRole('complementary', { name: 'Conversations' })
  await list.getByRole('button', { name: /^First words/ }).focus()
  await app.keyboard.press('Delete')
  await expect(list.getByText('No conversations yet')).toBeVisible()
  await app.getByRole('button', { name: 'Undo' }).click()
  await expect(list.getByRole('button', { name: /^First words/ })).toHaveCount(1)

  await app.getByLabel('Conversation to import').setInputFiles({
    name: 'conversation.json',
    mimeType: 'application/json',
    buffer: await readFile(path),
  })
  await expect(list.getByRole('button', { name: /^First words/ })).toHaveCount(2)
  await expect(ownMessages(app)).toContainText('1 / 2')
})

test('a drawing that is stopped keeps what was there, and so does what was typed meanwhile', async ({ app }) => {
  await openChat(app)
  await draw(app, 'a cat', 200)
  await expect(app.getByText(/^Step [1-9]\d* of 199$/)).toBeVisible({ timeout: 30_000 })
  await field(app).fill('words for later')
  await app.keyboard.press('Escape')
  const stopped = await answered(app, 1)
  await expect(stopped).toContainText(/Stopped at step \d+ of 199/)
  await expect(stopped.getByRole('img', { name: /^Drawn picture/ })).toBeVisible()

  await app.waitForTimeout(600)
  await app.reload()
  await expect(ownMessages(app)).toContainText('a cat')
  await expect(field(app)).toHaveValue('words for later')
  await expect(answers(app)).toContainText(/Stopped at step/)
})

test('what is no picture is refused in its place, and takes nothing else with it', async ({ app }) => {
  await openChat(app)
  await field(app).fill('Look at this')
  await app.getByLabel('Pictures to attach').setInputFiles({
    name: 'notes.png',
    mimeType: 'image/png',
    buffer: Buffer.from('not a picture'),
  })
  await expect(app.getByRole('list', { name: 'Attached pictures' }).getByRole('alert')).toContainText('notes.png')
  await app.getByRole('button', { name: 'Take notes.png away' }).click()
  await expect(field(app)).toHaveValue('Look at this')
})

test.describe('a model of words alone', () => {
  const textTest = test.extend({
    studio: async ({}, use) => {
      const studio = await startStudio(undefined, 0, fixtureModels)
      await use(studio)
      await studio.stop()
    },
  })

  textTest('answers with a drafting strategy, and tells how much of it was accepted', async ({ app }) => {
    await openChat(app)
    await app
      .getByRole('button', { name: /Model$/ })
      .first()
      .click()
    await app.getByRole('option', { name: 'Tiny language model' }).click()
    await app
      .getByRole('button', { name: /Drafting strategy$/ })
      .first()
      .click()
    await app.getByRole('option', { name: /Prompt lookup/ }).click()
    await say(app, 'one two three one two three one two')
    const answer = await answered(app, 1)
    await answer.getByRole('button', { name: /tok\/s|token/ }).click()
    await expect(answer.getByRole('row', { name: /^Speculation .+ in \d+ round/ })).toBeVisible()
  })
})
