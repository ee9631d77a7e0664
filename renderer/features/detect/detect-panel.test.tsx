// @vitest-environment jsdom
import '../../testing/dom'
import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StudioContext } from '../../studio/context'
import { LiveRegion } from '../../ui/live-region'
import { Toaster } from '../../ui/toaster'
import { DetectPanel } from './detect-panel'
import { detectFeatureOf } from './feature'
import { changeFilter } from './form-store'
import { openRun } from './run-actions'
import { createFakeDetection, exampleAsset, type FakeDetectionOptions } from './testing/fake-detection'

configure({ asyncUtilTimeout: 20_000 })

/** The stage has a size, so that boxes are drawn. */
class StageSize {
  constructor(private readonly tell: ResizeObserverCallback) {}
  observe(target: Element): void {
    if (target.getAttribute('data-region') !== 'stage') return
    const entry = { target, contentRect: { width: 800, height: 600 } } as unknown as ResizeObserverEntry
    this.tell([entry], this)
  }
  unobserve(): void {}
  disconnect(): void {}
}
Object.assign(globalThis, { ResizeObserver: StageSize })
beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  Object.assign(document, { fonts: { status: 'loaded' } })
})
afterEach(cleanup)

async function open(options: FakeDetectionOptions = {}) {
  const fake = createFakeDetection(options)
  const stop = fake.studio.start()
  const feature = detectFeatureOf(fake.studio)
  const exits = { maskInImage: vi.fn(async () => {}), showSettings: vi.fn() }
  render(
    <StudioContext.Provider value={fake.studio}>
      <DetectPanel exits={exits} />
      <Toaster />
      <LiveRegion />
    </StudioContext.Provider>,
  )
  await waitFor(() => expect(fake.studio.models.getState().isLoaded).toBe(true))
  return { ...fake, feature, exits, stop }
}

// Roles are worked out for the whole page at each look, which this many boxes make slow.
const rows = () => [...document.querySelectorAll<HTMLElement>('[role="table"] [role="row"][data-candidate]')]
const looked = () => waitFor(() => expect(rows()).toHaveLength(14))
const press = (key: string) => fireEvent.keyDown(document.body, { key })

describe('the first visit', () => {
  it('looks at a bundled scene at once, and lists what it found', async () => {
    const { core, feature } = await open()
    await looked()
    expect(core.calls.filter((name) => name === 'detection.detect')).toHaveLength(1)
    expect(feature.stage.getState().picture?.assetId).toBe(exampleAsset)
    expect(screen.getByText('14 objects')).toBeTruthy()
    expect(screen.getByText('in 12 classes')).toBeTruthy()
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('toy-shelf.jpg: 14 objects in 12 classes'))
  })

  it('says what to add where no detector is there', async () => {
    const { exits } = await open({ hasModel: false })
    expect(await screen.findByRole('heading', { name: 'No detector yet' })).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Add a model folder' }))
    expect(exits.showSettings).toHaveBeenCalledOnce()
  })
})

describe('the threshold', () => {
  it('filters what is there, and never asks the core again', async () => {
    const { core, feature } = await open()
    await looked()
    const calls = core.calls.length
    act(() => changeFilter(feature.form, { score: 0.9 }))
    expect(rows()).toHaveLength(6)
    press('[')
    expect(feature.form.getState().filter.score).toBe(0.85)
    expect(rows()).toHaveLength(7)
    const detects = core.calls.slice(calls).filter((name) => name.startsWith('detection.'))
    expect(detects.filter((name) => name === 'detection.detect')).toEqual([])
  })

  it('says what the best would have been, and shows it', async () => {
    const { feature } = await open()
    await looked()
    act(() => changeFilter(feature.form, { score: 0.99 }))
    expect(screen.getByText('Nothing above 0.99; best was 0.97 dog')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Show it' }))
    expect(rows()).toHaveLength(1)
    expect(rows()[0]?.textContent).toContain('dog')
  })

  it('moves by keys in the histogram, which says what it leaves', async () => {
    const { feature } = await open()
    await looked()
    const handle = screen.getByRole('slider', { name: 'Score threshold' })
    fireEvent.keyDown(handle, { key: 'ArrowRight' })
    expect(feature.form.getState().filter.score).toBe(0.51)
    expect(handle.getAttribute('aria-valuetext')).toBe('0.51: 14 shown, 166 hidden')
  })
})

describe('classes', () => {
  it('can be hidden, shown alone, and all brought back', async () => {
    await open()
    await looked()
    fireEvent.click(screen.getByRole('button', { name: 'Hide cat' }))
    expect(rows()).toHaveLength(12)
    fireEvent.click(screen.getByRole('button', { name: 'Show dog alone' }))
    expect(rows().map((row) => row.textContent)).toEqual([expect.stringContaining('dog')])
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }))
    expect(rows()).toHaveLength(14)
  })
})

describe('a box', () => {
  it('and its row are chosen together, by pointer and by keys', async () => {
    const { feature } = await open()
    await looked()
    fireEvent.click(rows()[1]!)
    const chosen = feature.view.getState().selected
    expect(document.querySelector(`g[data-candidate="${chosen}"]`)?.getAttribute('data-selected')).toBe('true')
    press('ArrowDown')
    expect(rows()[2]?.getAttribute('aria-selected')).toBe('true')
    press('Escape')
    expect(feature.view.getState().selected).toBeNull()
  })

  it('lights up with its row and its class', async () => {
    const { feature } = await open()
    await looked()
    fireEvent.pointerEnter(rows()[0]!)
    const { mark } = feature.view.getState()
    expect(mark).toEqual({ kind: 'box', candidate: feature.boxes.shown()[0]!.candidate })
    const dog = screen.getByRole('listitem', { name: 'dog, 1 object' })
    expect(dog.getAttribute('data-hot')).toBe('true')
  })

  it('becomes the mask of a picture', async () => {
    const { exits } = await open()
    await looked()
    fireEvent.click(rows()[0]!)
    fireEvent.click(screen.getByRole('button', { name: 'Mask this in Image' }))
    expect(exits.maskInImage).toHaveBeenCalledWith({
      assetId: exampleAsset,
      width: 960,
      height: 640,
      box: [108, 340, 284, 520],
    })
  })
})

describe('holding H', () => {
  it('shows the picture alone until it is let go', async () => {
    const { feature } = await open()
    await looked()
    press('h')
    expect(feature.view.getState().isPeeking).toBe(true)
    fireEvent.keyUp(document.body, { key: 'h' })
    expect(feature.view.getState().isPeeking).toBe(false)
  })

  it('is never heard in a text field', async () => {
    const { feature } = await open()
    await looked()
    fireEvent.keyDown(screen.getByRole('textbox', { name: 'Score, exact' }), { key: 'h' })
    expect(feature.view.getState().isPeeking).toBe(false)
  })
})

describe('a folder run', () => {
  it('is walked through by keys, and names what could not be read', async () => {
    const { feature, runs } = await open({ folder: 24 })
    await act(() => openRun(feature, runs[0]!.id))
    expect(feature.stage.getState().picture?.name).toBe('toy-00001.jpg')
    expect(screen.getByText('1 file could not be read')).toBeTruthy()
    const strip = within(screen.getByRole('listbox', { name: 'Pictures of holiday' }))
    expect(strip.getByRole('option', { name: 'toy-00001.jpg, 14 found' }).getAttribute('aria-selected')).toBe('true')
    press('ArrowRight')
    await waitFor(() => expect(feature.stage.getState().picture?.name).toBe('toy-00002.jpg'))
    fireEvent.keyDown(screen.getByRole('listbox', { name: 'Pictures of holiday' }), { key: 'End' })
    expect(await screen.findByText('This file is not a picture that can be read')).toBeTruthy()
  })

  it('is gone to its end by key also while its list is read anew', async () => {
    const { feature, runs } = await open({ folder: 2_000 })
    await act(() => openRun(feature, runs[0]!.id))
    await act(async () => {
      fireEvent.keyDown(screen.getByRole('listbox', { name: 'Pictures of holiday' }), { key: 'End' })
      // What is in sight is read again, before the answer for the last picture is there: it counts no longer.
      await Promise.all([feature.list.reach(0, 15), feature.list.refresh()])
    })
    expect(await screen.findByText('This file is not a picture that can be read')).toBeTruthy()
  })

  it('draws only the cells in sight of ten thousand', async () => {
    const { feature, runs } = await open({ folder: 10_000 })
    await act(() => openRun(feature, runs[0]!.id))
    expect(screen.getByText(/^10.000 pictures$/)).toBeTruthy()
    expect(screen.getAllByRole('option').length).toBeLessThan(40)
  })
})

describe('a picture that is taken off', () => {
  it('gives way to its neighbour and comes back', async () => {
    const { feature } = await open({ earlier: 3 })
    await waitFor(() => expect(feature.stage.getState().picture).not.toBeNull())
    const first = feature.stage.getState().picture!.name
    press('Delete')
    await waitFor(() => expect(feature.stage.getState().picture?.name).not.toBe(first))
    fireEvent.click(await screen.findByRole('button', { name: /^Undo/ }))
    await waitFor(() => expect(feature.stage.getState().picture?.name).toBe(first))
    expect(feature.list.store.getState().pictures).toHaveLength(3)
  })
})

describe('a reload', () => {
  it('comes back to the picture and its run', async () => {
    const { feature, runs, studio } = await open({ folder: 24 })
    await act(() => openRun(feature, runs[0]!.id))
    press('ArrowRight')
    await waitFor(() => expect(feature.stage.getState().picture?.name).toBe('toy-00002.jpg'))
    cleanup()
    feature.stage.setState({ picture: null, looked: null })
    render(
      <StudioContext.Provider value={studio}>
        <DetectPanel exits={{ maskInImage: async () => {}, showSettings() {} }} />
      </StudioContext.Provider>,
    )
    await waitFor(() => expect(feature.stage.getState().picture?.name).toBe('toy-00002.jpg'))
    expect(feature.list.store.getState().run?.name).toBe('holiday')
  })
})

describe('labels of people', () => {
  it('say what is right, what is false and what was missed', async () => {
    const { feature } = await open()
    await looked()
    const { importTruth } = await import('./truth')
    const labels = {
      images: [{ id: 1, file_name: 'toy-shelf.jpg' }],
      categories: [
        { id: 1, name: 'Dog' },
        { id: 2, name: 'unicorn' },
      ],
      annotations: [
        { image_id: 1, category_id: 1, bbox: [110, 342, 176, 180] },
        { image_id: 1, category_id: 2, bbox: [0, 0, 30, 30] },
      ],
    }
    await act(() => importTruth(feature, new File([JSON.stringify(labels)], 'labels.json')))
    const verdicts = screen.getByRole('list', { name: 'toy-shelf.jpg against its labels' })
    expect(verdicts.textContent).toMatch(/1 right.*13 false.*1 missed/)
    expect(screen.getByText(/that this model does not know: unicorn/)).toBeTruthy()
  })

  it('that are no labels are refused with what is wrong', async () => {
    const { feature } = await open()
    const { importTruth } = await import('./truth')
    await act(() => importTruth(feature, new File(['{"images":[]}'], 'other.json')))
    expect(feature.truth.getState().truth).toBeNull()
    expect(await screen.findByText(/other.json: These are not labels/)).toBeTruthy()
  })
})
