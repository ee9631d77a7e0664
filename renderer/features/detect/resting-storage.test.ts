// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { restingStorage } from './resting-storage'

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

const saved = (score: number) => ({ state: { score }, version: 1 })

describe('what is kept', () => {
  it('is written once when it rests, and can be read before', async () => {
    const set = vi.spyOn(Storage.prototype, 'setItem')
    const storage = restingStorage<{ score: number }>()!
    for (const score of [0.1, 0.2, 0.3]) void storage.setItem('form', saved(score))
    expect(set).not.toHaveBeenCalled()
    expect(await storage.getItem('form')).toEqual(saved(0.3))
    vi.advanceTimersByTime(300)
    expect(set).toHaveBeenCalledTimes(1)
    expect(JSON.parse(localStorage.getItem('form')!)).toEqual(saved(0.3))
    set.mockRestore()
  })

  it('is written before the page goes', () => {
    void restingStorage<{ score: number }>()!.setItem('form', saved(0.5))
    window.dispatchEvent(new Event('pagehide'))
    expect(JSON.parse(localStorage.getItem('form')!)).toEqual(saved(0.5))
  })

  it('can be forgotten before it was written', () => {
    const storage = restingStorage<{ score: number }>()!
    void storage.setItem('form', saved(0.5))
    void storage.removeItem('form')
    vi.advanceTimersByTime(300)
    expect(localStorage.getItem('form')).toBeNull()
  })
})
