// @vitest-environment jsdom
import '../testing/dom'
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { closeApps, openApp } from '../testing/open-app'

beforeEach(() => localStorage.clear())
afterEach(closeApps)

const prompt = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Prompt' })

it('says that the engine has stopped and starts it again at a click, with the prompt as it was', async () => {
  const { studio, core } = await openApp()
  fireEvent.change(prompt(), { target: { value: 'half a sentence' } })
  act(() => studio.connection.setState({ status: 'down', reason: 'The engine ended unexpectedly' }))
  expect(screen.getByRole('alert').textContent).toContain('The engine ended unexpectedly.')
  fireEvent.click(screen.getByRole('button', { name: 'Start again' }))
  expect(core.calls).toContain('reconnect')

  act(() => studio.connection.setState({ status: 'open', generation: 2, reason: null }))
  expect(screen.queryByRole('alert')).toBeNull()
  expect(prompt().value).toBe('half a sentence')
  await waitFor(() => expect(core.calls.filter((call) => call === 'jobs.watch')).toHaveLength(2))
})

it('offers to reconnect in a browser while tries fail', async () => {
  const { studio, core } = await openApp()
  act(() => studio.connection.setState({ status: 'reconnecting', attempts: 2 }))
  fireEvent.click(await screen.findByRole('button', { name: 'Reconnect' }))
  expect(core.calls).toContain('reconnect')
})
