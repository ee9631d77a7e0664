import { describe, expect, it } from 'vitest'
import { toFailure } from '../../contract/errors'
import { createPagedList, type PageQuery } from './paged-list'

interface Run {
  readonly id: string
}

/** A core with so many runs in pages of two; calls that are held wait until they are let go. */
function setUp(count: number) {
  const kept = new Map(Array.from({ length: count }, (_, place) => [`run-${place}`, true]))
  const calls: string[] = []
  const said: string[] = []
  let refuses = false
  let gate: Promise<void> = Promise.resolve()
  const call = async (what: string): Promise<void> => {
    calls.push(what)
    await gate
    if (refuses) throw new Error('no')
  }
  const list = createPagedList<Run>(
    {
      async list({ search, cursor }: PageQuery) {
        const all = [...kept].filter(([id, isKept]) => isKept && id.includes(search)).map(([id]) => ({ id }))
        await call(`list ${cursor ?? 'first'}`)
        const from = Number(cursor ?? 0)
        return {
          entries: all.slice(from, from + 2),
          total: all.length,
          nextCursor: from + 2 < all.length ? String(from + 2) : null,
        }
      },
      async remove(id) {
        await call(`remove ${id}`)
        kept.set(id, false)
      },
      async restore(id) {
        await call(`restore ${id}`)
        kept.set(id, true)
      },
      doing: { list: 'Listing', remove: 'Removing', restore: 'Bringing back' },
    },
    (doing, error) => {
      said.push(doing)
      return toFailure(error)
    },
  )
  const ids = () => list.store.getState().entries.map(({ id }) => id)
  const hold = (): (() => void) => {
    let letGo = (): void => {}
    gate = new Promise((resolve) => {
      letGo = resolve
    })
    return letGo
  }
  return { list, ids, calls, said, hold, refuse: (value: boolean) => (refuses = value) }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('a list in pages', () => {
  it('is read page by page to its end, and each page once', async () => {
    const { list, ids, calls } = setUp(5)
    await list.reload()
    expect([ids(), list.store.getState().total]).toEqual([['run-0', 'run-1'], 5])
    await Promise.all([list.loadMore(), list.loadMore()])
    await list.loadMore()
    await list.loadMore()
    expect(ids()).toEqual(['run-0', 'run-1', 'run-2', 'run-3', 'run-4'])
    expect(calls).toEqual(['list first', 'list 2', 'list 4'])
  })

  it('shows the answer to the last words that were searched', async () => {
    const { list, ids, hold } = setUp(5)
    const letGo = hold()
    const both = [list.search('run-1'), list.search('run-3')]
    letGo()
    await Promise.all(both)
    expect(ids()).toEqual(['run-3'])
  })

  it('gives back what was removed, in its place, and tells the core in the same order', async () => {
    const { list, ids, calls } = setUp(2)
    await list.reload()
    const putBack = list.remove('run-0')
    expect([ids(), list.store.getState().total]).toEqual([['run-1'], 1])
    putBack()
    putBack()
    expect([ids(), list.store.getState().total]).toEqual([['run-0', 'run-1'], 2])
    await settled()
    expect(calls.slice(1)).toEqual(['remove run-0', 'restore run-0'])
  })

  it('does not show again what a page on its way still held', async () => {
    const { list, ids, hold } = setUp(2)
    await list.reload()
    const letGo = hold()
    const reading = list.reload()
    list.remove('run-0')
    letGo()
    await reading
    expect([ids(), list.store.getState().total]).toEqual([['run-1'], 1])
  })

  it('puts back what the core would not remove, and says what failed', async () => {
    const { list, ids, said, refuse } = setUp(2)
    await list.reload()
    refuse(true)
    list.remove('run-1')
    await settled()
    expect([ids(), said]).toEqual([['run-0', 'run-1'], ['Removing']])
    await list.reload()
    expect([ids(), list.store.getState().failure === null]).toEqual([['run-0', 'run-1'], false])
    refuse(false)
    await list.reload()
    expect(list.store.getState().failure).toBeNull()
  })
})
