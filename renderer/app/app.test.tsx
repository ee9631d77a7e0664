// @vitest-environment jsdom
import '../testing/dom'
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { desktopCommands } from '../../contract/desktop'
import { createImageFeature } from '../features/image/feature'
import { createFakeStudio } from '../testing/fake-studio'
import { fakeJob } from '../testing/fake-data'
import { App } from './app'
import { createAppStore } from './app-store'
import { createCommands } from './commands'
import { matches } from './palette'

const stops: (() => void)[] = []

beforeEach(() => localStorage.clear())
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  cleanup()
})

async function openApp(images = 3) {
  const { studio, core } = createFakeStudio({ images, secondsPerStep: 0 })
  const image = createImageFeature(studio)
  stops.push(studio.start(), image.start())
  render(<App studio={studio} features={{ image }} />)
  await waitFor(() => expect(image.form.getState().draft.modelId).toBe('tiny-shapes'))
  await waitFor(() => expect(image.gallery.store.getState().isLoaded).toBe(true))
  return { studio, core, image }
}

const prompt = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Prompt' })

describe('the Image panel', () => {
  it('says what the model is, and offers its own prompts', async () => {
    await openApp(0)
    expect(screen.getByText(/It has seen few words/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'two hedgehogs under a mushroom' })).toBeTruthy()
  })

  it('names the field that is missing, and puts the cursor there', async () => {
    const { core } = await openApp()
    fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
    expect(await screen.findByText('Write a prompt: it is empty')).toBeTruthy()
    expect(document.activeElement).toBe(prompt())
    expect(core.calls).not.toContain('images.generate')
  })

  it('draws a picture from the keyboard and shows it', async () => {
    const { core, image } = await openApp()
    fireEvent.change(prompt(), { target: { value: 'a rocket' } })
    fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
    await waitFor(() => expect(image.view.getState().selection?.kind).toBe('image'))
    expect(core.images[0]?.settings.prompt).toBe('a rocket')
    expect(image.form.getState().last?.prompt).toBe('a rocket')
    expect(image.history.getState().prompts).toEqual(['a rocket'])
  })

  it('marks what changed since the last picture, and takes it back by one click', async () => {
    const { image } = await openApp()
    const { draft } = image.form.getState()
    void act(() => image.form.setState({ last: { ...draft, prompt: 'x' }, draft: { ...draft, prompt: 'x', shift: 6 } }))
    const dot = screen.getByRole('button', { name: 'Shift was 3.0 for the last picture; take it back' })
    fireEvent.click(dot)
    expect(image.form.getState().draft.shift).toBe(3)
  })

  it('brings a deleted picture back by Ctrl+Z at once, before the core has answered', async () => {
    const { core, image } = await openApp(3)
    let answer = () => {}
    const gate = new Promise<void>((resolve) => (answer = resolve))
    core.answer('images.remove', (call) => gate.then(call))
    const before = image.gallery.store.getState().order
    const tile = await screen.findByRole('button', { name: /^Image 1 of/ })
    fireEvent.keyDown(tile, { key: 'Delete' })
    expect(image.gallery.store.getState().order).toEqual(before.slice(1))
    fireEvent.keyDown(window, { key: 'z', code: 'KeyZ', ctrlKey: true })
    expect(image.gallery.store.getState().order).toEqual(before)
    answer()
    await waitFor(() => expect(core.calls).toContain('images.restore'))
    expect(core.images.every(({ deletedAt }) => deletedAt === null)).toBe(true)
  })

  it('recalls seed, prompt and all by single keys, which text fields keep for themselves', async () => {
    const { image } = await openApp(2)
    const tile = await screen.findByRole('button', { name: /^Image 1 of/ })
    fireEvent.keyDown(tile, { key: 's' })
    expect(image.form.getState()).toMatchObject({ seedMode: 'locked', draft: { seed: 1002 } })
    fireEvent.keyDown(tile, { key: 'p' })
    expect(prompt().value).toBe('a red apple on a blue ground')
    fireEvent.keyDown(prompt(), { key: 'Delete' })
    expect(image.gallery.store.getState().order).toHaveLength(2)
  })

  it('tells of a failed run, with the way on', async () => {
    const { core, image } = await openApp(0)
    const job = fakeJob(1, { status: 'running', startedAt: 1 })
    core.emit({ type: 'job', job })
    await waitFor(() => expect(image.view.getState().selection).toEqual({ kind: 'job', jobId: job.id }))
    core.emit({
      type: 'job',
      job: {
        ...job,
        status: 'failed',
        finishedAt: 2,
        failure: { code: 'OUT_OF_MEMORY', message: 'Out of memory while decoding', remedy: 'Use a smaller size.' },
      },
    })
    const note = await screen.findByRole('alert')
    fireEvent.click(within(note).getByRole('button', { name: 'Use 96 × 96' }))
    expect(image.form.getState().draft).toMatchObject({ width: 96, height: 96 })
    expect(screen.getByRole('button', { name: /1 error/ })).toBeTruthy()
  })
})

describe('the commands', () => {
  function commands() {
    const { studio } = createFakeStudio()
    const features = { image: createImageFeature(studio) }
    return createCommands({ studio, features, app: createAppStore(['image'], 'image') })
  }

  it('have one id and one key each', () => {
    const all = commands()
    const keys = all.flatMap((command) => (command.keys === undefined ? [] : [command.keys]))
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('include all that the native menu offers, under the same keys', () => {
    const all = commands()
    for (const { id, ...rest } of desktopCommands) {
      const command = all.find((one) => one.id === id)
      expect(command, id).toBeDefined()
      if ('accelerator' in rest) expect(command?.keys, id).toBe(asKeys(rest.accelerator))
    }
  })

  it('are found by their words in any order', () => {
    expect(matches('Use the seed of the picture on the stage', 'picture SEED')).toBe(true)
    expect(matches('Use the seed of the picture on the stage', 'mask')).toBe(false)
  })
})

function asKeys(accelerator: string): string {
  const named: Record<string, string> = { '.': 'Period', ',': 'Comma', '1': 'Digit1' }
  const parts = accelerator.replace('CommandOrControl', '$mod').split('+')
  return parts.map((part) => named[part] ?? (part.length === 1 ? part.toLowerCase() : part)).join('+')
}
