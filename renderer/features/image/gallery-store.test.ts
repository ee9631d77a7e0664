import { describe, expect, it, vi } from 'vitest'
import { createFakeCore } from '../../testing/fake-client'
import { fakeImage } from '../../testing/fake-data'
import { createGallery } from './gallery-store'

async function openGallery(images: number) {
  const core = createFakeCore({ images, secondsPerStep: 0 })
  const onError = vi.fn()
  const gallery = createGallery(core.client, onError)
  await gallery.reload()
  return { core, gallery, onError, state: () => gallery.store.getState() }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

describe('the gallery', () => {
  it('reads a page at a time, and no further than asked', async () => {
    const { core, gallery, state } = await openGallery(1000)
    expect(state().total).toBe(1000)
    expect(state().order).toHaveLength(200)
    await gallery.readUntil(390)
    expect(state().order).toHaveLength(400)
    expect(core.calls.filter((call) => call === 'images.list')).toHaveLength(2)
  })

  it('holds ten thousand pictures', async () => {
    const { gallery, state } = await openGallery(10_000)
    await gallery.readUntil(10_000)
    expect(state().order).toHaveLength(10_000)
    expect(new Set(state().order).size).toBe(10_000)
  })

  it('puts a picture back in its place when undone before the core has answered', async () => {
    const { core, gallery, state } = await openGallery(5)
    const before = state().order
    const id = before[2]!
    const undo = gallery.remove([id])
    expect(state().order).not.toContain(id)
    expect(state().total).toBe(4)
    undo()
    expect(state().order).toEqual(before)
    expect(state().total).toBe(5)
    await settle()
    expect(core.calls.slice(-2)).toEqual(['images.remove', 'images.restore'])
    expect(core.images.find((image) => image.id === id)?.deletedAt).toBeNull()
  })

  it('brings a picture back once, however often the undo is used', async () => {
    const { core, gallery, state } = await openGallery(3)
    const undo = gallery.remove([state().order[0]!])
    undo()
    undo()
    await settle()
    expect(state().total).toBe(3)
    expect(core.calls.filter((call) => call === 'images.restore')).toHaveLength(1)
  })

  it('puts a picture back where the core refuses to remove it', async () => {
    const { core, gallery, state, onError } = await openGallery(3)
    core.answer('images.remove', () => Promise.reject(new Error('no')))
    gallery.remove([state().order[1]!])
    await settle()
    expect(state().order).toHaveLength(3)
    expect(onError).toHaveBeenCalledOnce()
  })

  it('does not bring a removed picture back with a list that was on its way', async () => {
    const { gallery, state } = await openGallery(3)
    const id = state().order[0]!
    const reading = gallery.reload()
    gallery.remove([id])
    await reading
    expect(state().order).not.toContain(id)
  })

  it('sets new pictures in front, and leaves out those that do not match the search', async () => {
    const { core, gallery, state } = await openGallery(2)
    core.images.push(fakeImage(50), fakeImage(51))
    await gallery.take([fakeImage(50).id, fakeImage(51).id])
    expect(state().order.slice(0, 2)).toEqual(['image-51', 'image-50'])
    expect(state().total).toBe(4)
    gallery.filter({ search: 'no such words' })
    await settle()
    core.images.push(fakeImage(60))
    await gallery.take([fakeImage(60).id])
    expect(state().order).toEqual([])
    expect(state().records['image-60']).toBeDefined()
  })

  it('takes a star back where the core refuses it', async () => {
    const { core, gallery, state } = await openGallery(1)
    core.answer('images.star', () => Promise.reject(new Error('no')))
    const id = state().order[0]!
    const starring = gallery.star(id, true)
    expect(state().records[id]?.starred).toBe(true)
    await starring
    expect(state().records[id]?.starred).toBe(false)
  })
})
