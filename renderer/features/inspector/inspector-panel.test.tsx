// @vitest-environment jsdom
import '../../testing/dom'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StudioContext } from '../../studio/context'
import { inspectorFeatureOf, type InspectorFeature } from './feature'
import { InspectorPanel } from './inspector-panel'
import { createFakeInspection } from './testing/fake-inspection'

const stops: (() => void)[] = []

function open(): InspectorFeature {
  const { studio } = createFakeInspection()
  stops.push(studio.start())
  render(
    <StudioContext.Provider value={studio}>
      <InspectorPanel />
    </StudioContext.Provider>,
  )
  return inspectorFeatureOf(studio)
}

async function openPath(path: string): Promise<void> {
  const field = screen.getByRole('textbox', { name: 'Path of a model file' })
  fireEvent.change(field, { target: { value: path } })
  fireEvent.submit(field.closest('form')!)
  await waitFor(() => expect(screen.queryByRole('heading', { name: 'See inside a model' })).toBeNull())
}

const totals = () => screen.getByRole('status', { name: 'Totals' }).textContent

beforeEach(() => localStorage.clear())
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  cleanup()
})

describe('the Inspector', () => {
  it('counts at suggested sizes, at others as they are typed, and says what it cannot count', async () => {
    open()
    await openPath('/models/tiny.onnx')
    // (4 × 3 × 9 + 4 × 4) × 8 × 8
    await waitFor(() => expect(totals()).toBe('124 parameters, 0.01 MMAC'))
    const height = screen.getByRole('textbox', { name: 'H' })
    fireEvent.change(height, { target: { value: '800' } })
    await waitFor(() => expect(totals()).toBe('124 parameters, 0.79 MMAC'))
    fireEvent.change(height, { target: { value: '' } })
    await waitFor(() => expect(totals()).toContain('need dims'))
    expect(screen.getByRole('complementary', { name: 'Card' }).textContent).toContain('needs dims')
  })

  it('draws the graph with its scope folded away or open, and tells of a box that is chosen', async () => {
    open()
    await openPath('/models/tiny.onnx')
    const graph = await screen.findByRole('listbox', { name: 'Graph of tiny.onnx' })
    fireEvent.click(within(graph).getByRole('option', { name: /^stem/ }))
    const card = screen.getByRole('complementary', { name: 'Card' })
    await waitFor(() => expect(within(card).getByRole('heading', { name: 'stem' })).toBeTruthy())
    await waitFor(() => expect(card.textContent).toContain('kernel_shape'))
    expect(card.textContent).toContain('108')
    expect(card.textContent).toContain('weight int8')
    expect(card.textContent).toContain('4, 0.01 to 0.02')
    expect(card.textContent).toContain('slice along axis 0')
  })

  it('finds nodes by operator and shape', async () => {
    open()
    await openPath('/models/tiny.onnx')
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search the model' }), { target: { value: 'conv 4x4x1' } })
    const found = await screen.findByRole('listbox', { name: 'Found' })
    await waitFor(() =>
      expect(
        within(found)
          .getAllByRole('option')
          .map((one) => one.id),
      ).toContain('item-node-2'),
    )
  })

  it('measures with one press, shows what is computed in another kernel, and what the runtime put in', async () => {
    open()
    await openPath('/models/tiny.onnx')
    await waitFor(() => expect(totals()).toContain('MMAC'))
    fireEvent.click(screen.getByRole('button', { name: 'Measure' }))
    await waitFor(() => expect(totals()).toContain('2.50 ms'))
    const card = screen.getByRole('complementary', { name: 'Card' })
    expect(card.textContent).toContain('Runtime-inserted, 32 % of the kernels')
    fireEvent.click(screen.getByRole('treeitem', { name: /^relu/ }))
    await waitFor(() => expect(card.textContent).toContain('Computed in'))
  })

  it('says what is wrong with a file that cannot be read, and goes on', async () => {
    open()
    await openPath('/models/broken.onnx')
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('it is cut off')
    fireEvent.click(within(alert).getByRole('button', { name: 'Open another file' }))
    expect(screen.getByRole('heading', { name: 'See inside a model' })).toBeTruthy()
  })

  it('names the file that holds values which are absent', async () => {
    const { view } = open()
    await openPath('/models/tiny.onnx')
    view.setState({ selected: { kind: 'weight', index: 1 } })
    const card = screen.getByRole('complementary', { name: 'Card' })
    await waitFor(() => expect(card.textContent).toContain('they lie in w.data'))
  })
})
