// @vitest-environment jsdom
import '../../testing/dom'
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Model } from '../../../contract/models'
import { fakeModel } from '../../testing/fake-data'
import { closeApps, startApp } from '../../testing/open-app'

beforeEach(() => localStorage.clear())
afterEach(closeApps)

/** The page before the core has said which models there are; `answer` says it. */
function openWithoutModels() {
  let answer: (models: readonly Model[] | Error) => void = () => {}
  const asked = new Promise((resolve, reject) => {
    answer = (models) => (models instanceof Error ? reject(models) : resolve(models))
  })
  const opened = startApp({}, (core) => core.answer('models.list', () => asked))
  fireEvent.change(screen.getByRole('textbox', { name: 'Prompt' }), { target: { value: 'a rocket' } })
  fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
  return { ...opened, answer }
}

it('keeps a request that comes before the models, says so, and sends it once when they are there', async () => {
  const { core, answer } = openWithoutModels()
  expect(await screen.findByRole('button', { name: 'Waiting for the models…' })).toBeTruthy()
  fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
  expect(core.calls).not.toContain('images.generate')
  answer([fakeModel])
  await waitFor(() => expect([...core.jobs.values()].map(({ title }) => title)).toEqual(['a rocket']))
  expect(core.calls.filter((call) => call === 'images.generate')).toHaveLength(1)
  expect(screen.getByRole('button', { name: 'Add to queue' })).toBeTruthy()
})

it('says why nothing can be drawn where there is no model', async () => {
  const { core, answer } = openWithoutModels()
  answer([])
  expect(await screen.findByText('Add a folder with one in Settings.')).toBeTruthy()
  expect(core.calls).not.toContain('images.generate')
  expect(screen.getByRole('button', { name: 'Add to queue' })).toBeTruthy()
})

it('says why where the models cannot be read, and asks again at the next try', async () => {
  const { core, answer } = openWithoutModels()
  answer(new Error('The disk is gone'))
  expect((await screen.findAllByText(/The disk is gone/)).length).toBeGreaterThan(0)
  core.answer('models.list', async () => [fakeModel])
  fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
  await waitFor(() => expect([...core.jobs.values()].map(({ title }) => title)).toEqual(['a rocket']))
})
