// @vitest-environment jsdom
import '../../../testing/dom'
import { describe, expect, it } from 'vitest'
import type { DetectionId } from '../../../../contract/ids'
import { createFakeDetection } from '../testing/fake-detection'
import { createPictureList } from './picture-list'

/** First and last place of the pictures that were read. */
function known(pictures: readonly unknown[]): readonly number[] {
  const places = pictures.flatMap((picture, place) => (picture === undefined ? [] : [place]))
  return [places[0]!, places.at(-1)!]
}

function setUp(options: Parameters<typeof createFakeDetection>[0]) {
  const fake = createFakeDetection(options)
  const list = createPictureList(fake.studio, (doing, error) => fake.studio.report(doing, error))
  return { fake, list, state: () => list.store.getState() }
}

describe('the list of pictures', () => {
  it('of a long run has a place for every picture, and knows those that were in sight', async () => {
    const { fake, list, state } = setUp({ folder: 2_000 })
    await list.open(fake.runs[0]!.id)
    expect(state().pictures).toHaveLength(2_000)
    expect(known(state().pictures)).toEqual([0, 99])
    await list.reach(0, 15)
    expect(fake.core.calls.filter((name) => name === 'detection.list')).toHaveLength(1)
    await list.reach(1195, 1210)
    expect(known(state().pictures.slice(1100, 1900))).toEqual([0, 199])
    expect(state().pictures[800]).toBeUndefined()
    // Those that failed are last.
    await list.reach(1990, 1999)
    expect(
      state()
        .pictures.slice(1950)
        .every((picture) => picture?.failure != null),
    ).toBe(true)
  })

  it('shows what came in while a run goes on wherever it is looked at, and the rest when that comes into sight', async () => {
    const { fake, list, state } = setUp({ folder: 1000 })
    const runId = fake.runs[0]!.id
    await list.open(runId)
    await list.reach(800, 815)
    fake.detections.unshift({ ...fake.detections[0]!, id: 'new' as DetectionId, runId, name: 'a first one' })
    await list.refresh()
    expect(state().pictures).toHaveLength(1001)
    const names = () => state().pictures.map((picture) => picture?.name)
    const before = names()
    expect(new Set(before.slice(800, 900)).size).toBe(100)
    expect(before).not.toContain('a first one')
    await list.reach(0, 15)
    expect(names()[0]).toBe('a first one')
  })

  it('takes a picture off at once and puts it back into its place, also when that is asked for at once', async () => {
    const { fake, list, state } = setUp({ earlier: 5 })
    await list.open(null)
    const before = state().pictures.map((picture) => picture!.id)
    const undo = list.remove(before[2]!)
    expect(state().pictures).toHaveLength(4)
    undo()
    expect(state().pictures.map((picture) => picture!.id)).toEqual(before)
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
