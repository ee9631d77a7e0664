// @vitest-environment jsdom
import '../../../testing/dom'
import { describe, expect, it } from 'vitest'
import { createFakeDetection } from '../testing/fake-detection'
import { createPictureList } from './picture-list'

function setUp(options: Parameters<typeof createFakeDetection>[0]) {
  const fake = createFakeDetection(options)
  const list = createPictureList(fake.studio, (doing, error) => fake.studio.report(doing, error))
  return { fake, list, state: () => list.store.getState() }
}

describe('the list of pictures', () => {
  it('reads a long run page by page, those that failed last', async () => {
    const { fake, list, state } = setUp({ folder: 250 })
    await list.open(fake.runs[0]!.id)
    expect(state().pictures).toHaveLength(100)
    expect(state().total).toBe(250)
    await list.loadMore()
    await list.loadMore()
    expect(state().pictures).toHaveLength(250)
    const failed = state().pictures.map(({ failure }) => failure !== null)
    expect(failed.filter(Boolean)).toHaveLength(6)
    expect(failed.slice(-6)).toEqual([true, true, true, true, true, true])
  })

  it('takes a picture off at once and puts it back into its place, also when that is asked for at once', async () => {
    const { fake, list, state } = setUp({ earlier: 5 })
    await list.open(null)
    const before = state().pictures.map(({ id }) => id)
    const undo = list.remove(before[2]!)
    expect(state().pictures).toHaveLength(4)
    undo()
    expect(state().pictures.map(({ id }) => id)).toEqual(before)
    await list.open(null)
    await expect
      .poll(() => fake.core.calls.filter((name) => /remove|restore/.test(name)))
      .toEqual(['detection.remove', 'detection.restore'])
    await list.open(null)
    expect(state().pictures).toHaveLength(5)
  })

  it('does not show an answer for a run that was left meanwhile', async () => {
    const { fake, list, state } = setUp({ earlier: 2, folder: 30 })
    const slow = list.open(fake.runs[0]!.id)
    await list.open(null)
    await slow
    expect(state().run).toBeNull()
    expect(state().pictures).toHaveLength(2)
  })
})
