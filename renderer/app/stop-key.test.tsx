// @vitest-environment jsdom
import '../testing/dom'
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { queuedJobs, runningJob } from '../studio/jobs-state'
import type { Studio } from '../studio/studio'
import { fakeSettings } from '../testing/fake-data'
import { closeApps, openApp } from '../testing/open-app'

beforeEach(() => localStorage.clear())
afterEach(closeApps)

const escape = () => void fireEvent.keyDown(window, { key: 'Escape', code: 'Escape' })
const waiting = (studio: Studio) => queuedJobs(studio.jobs.getState()).map(({ title }) => title)
const running = (studio: Studio) => runningJob(studio.jobs.getState())?.title

async function openWithQueue() {
  const opened = await openApp({ secondsPerStep: 5 })
  for (const prompt of ['first', 'second', 'third']) await opened.core.client.images.generate(fakeSettings({ prompt }))
  await waitFor(() => expect(waiting(opened.studio)).toEqual(['second', 'third']))
  return opened
}

it('stops the job in hand at the first Esc, and offers to cancel the others', async () => {
  const { studio, core } = await openWithQueue()
  escape()
  await waitFor(() => expect(running(studio)).not.toBe('first'))
  expect(waiting(studio)).toContain('third')
  expect(await screen.findByRole('button', { name: 'Cancel them' })).toBeTruthy()
  expect(core.calls.filter((call) => call === 'jobs.cancel')).toHaveLength(1)
})

it('cancels what waits at the second Esc, and puts it back in its order at Undo', async () => {
  const { studio, core } = await openWithQueue()
  escape()
  escape()
  await waitFor(() => expect(waiting(studio)).toEqual([]))
  expect(core.calls).not.toContain('images.restore')
  fireEvent.click(await screen.findByRole('button', { name: /Undo/ }))
  await waitFor(() => expect([running(studio), ...waiting(studio)].filter(Boolean)).toEqual(['second', 'third']))
})

it('leaves the queue alone at an Esc that comes late', async () => {
  const { studio, core } = await openWithQueue()
  escape()
  await waitFor(() => expect(core.calls).toContain('jobs.cancel'))
  const now = Date.now
  Date.now = () => now() + 60_000
  try {
    escape()
  } finally {
    Date.now = now
  }
  expect(waiting(studio)).toContain('third')
})
