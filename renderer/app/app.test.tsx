// @vitest-environment jsdom
import '../testing/dom'
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { desktopCommands } from '../../contract/desktop'
import { createImageFeature } from '../features/image/feature'
import { selectImage } from '../features/image/view-store'
import { createFakeStudio } from '../testing/fake-studio'
import { fakeAssetId, fakeImage, fakeJob, fakeSettings } from '../testing/fake-data'
import { closeApps, openApp } from '../testing/open-app'
import { createAppStore } from './app-store'
import { createCommands } from './commands'
import { matches } from './palette'

beforeEach(() => localStorage.clear())
afterEach(closeApps)

const prompt = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Prompt' })

describe('the Image panel', () => {
  it('begins with what the model can draw, and with prompts that a click puts into the form', async () => {
    const { core } = await openApp({ images: 0 })
    const stage = within(screen.getByRole('group', { name: 'Stage, empty' }))
    expect(stage.getByRole('heading', { name: 'Draw your first picture' })).toBeTruthy()
    expect(stage.getByText(/Draws single objects on plain ground\. It has seen few words/)).toBeTruthy()
    fireEvent.click(stage.getByRole('button', { name: 'two hedgehogs under a mushroom' }))
    expect(prompt().value).toBe('two hedgehogs under a mushroom')
    expect(document.activeElement).toBe(prompt())
    expect(core.calls).not.toContain('images.generate')
  })

  it('greets no one twice: with pictures in the gallery the stage only invites', async () => {
    const { image } = await openApp({ images: 2 })
    void act(() => image.view.setState({ selection: null }))
    expect(screen.getByRole('heading', { name: 'Write what you want to see' })).toBeTruthy()
  })

  it('keeps a starred prompt on top of the earlier ones', async () => {
    const { image } = await openApp()
    void act(() => image.history.setState({ prompts: ['newest', 'older', 'oldest'] }))
    fireEvent.click(screen.getByRole('button', { name: 'Earlier prompts' }))
    const rows = () => screen.getAllByRole('row').map((row) => row.textContent)
    expect(rows()).toEqual(['newest', 'older', 'oldest'])
    fireEvent.click(within(screen.getByRole('row', { name: 'oldest' })).getByRole('button', { name: /^Star/ }))
    expect(rows()).toEqual(['oldest', 'newest', 'older'])
    fireEvent.click(screen.getByRole('row', { name: 'older' }))
    expect(prompt().value).toBe('older')
  })

  it('says of a stopped picture how many steps its own run had, not how many were asked for', async () => {
    const { core, image } = await openApp()
    const settings = fakeSettings({ steps: 28, initImage: { assetId: fakeAssetId(1), strength: 0.6 } })
    core.images.push(
      fakeImage(1, { settings, partial: true, stepsDone: 12, stepsPlanned: 17 }),
      fakeImage(2, { settings, partial: true, stepsDone: 12 }),
    )
    await act(() => image.gallery.reload())
    expect(await screen.findByRole('button', { name: /stopped after 12 of 17 steps/ })).toBeTruthy()
    expect(screen.getByRole('button', { name: /stopped after 12 steps/ })).toBeTruthy()
    act(() => selectImage(image.view, core.images[0]!.id))
    expect(await screen.findByText('128 × 128, 12 of 17 steps')).toBeTruthy()
  })

  it('names the field that is missing, and puts the cursor there', async () => {
    const { core } = await openApp({ images: 3 })
    fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
    expect(await screen.findByText('Write a prompt: it is empty')).toBeTruthy()
    expect(document.activeElement).toBe(prompt())
    expect(core.calls).not.toContain('images.generate')
  })

  it('draws a picture from the keyboard and shows it', async () => {
    const { core, image } = await openApp({ images: 3 })
    fireEvent.change(prompt(), { target: { value: 'a rocket' } })
    fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
    await waitFor(() => expect(image.view.getState().selection?.kind).toBe('image'))
    expect(core.images[0]?.settings.prompt).toBe('a rocket')
    expect(image.form.getState().last?.prompt).toBe('a rocket')
    expect(image.history.getState().prompts).toEqual(['a rocket'])
  })

  it('marks what changed since the last picture, and takes it back by one click', async () => {
    const { image } = await openApp({ images: 3 })
    const { draft } = image.form.getState()
    void act(() => image.form.setState({ last: { ...draft, prompt: 'x' }, draft: { ...draft, prompt: 'x', shift: 6 } }))
    const dot = screen.getByRole('button', { name: 'Shift was 3.0 for the last picture; take it back' })
    fireEvent.click(dot)
    expect(image.form.getState().draft.shift).toBe(3)
  })

  it('brings a deleted picture back by Ctrl+Z at once, before the core has answered', async () => {
    const { core, image } = await openApp({ images: 3 })
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
    const { image } = await openApp({ images: 2 })
    const tile = await screen.findByRole('button', { name: /^Image 1 of/ })
    fireEvent.keyDown(tile, { key: 's' })
    expect(image.form.getState()).toMatchObject({ seedMode: 'locked', draft: { seed: 1002 } })
    fireEvent.keyDown(tile, { key: 'p' })
    expect(prompt().value).toBe('a red apple on a blue ground')
    fireEvent.keyDown(prompt(), { key: 'Delete' })
    expect(image.gallery.store.getState().order).toHaveLength(2)
  })

  it('tells of a failed run, with the way on', async () => {
    const { core, image } = await openApp({ images: 0 })
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

  it('have one id each, and keys of their own in their panel', () => {
    const all = commands()
    const keys = all.flatMap((command) =>
      command.keys === undefined ? [] : [`${command.panel ?? ''} ${command.keys}`],
    )
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
