import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { TaskLine } from './task-line'

/** A worker that refuses a second task, as the real one does, and tells what it began. */
function worker() {
  const began: string[] = []
  let isBusy = false
  const ends = new Map<string, (error?: Error) => void>()
  return {
    began,
    end: (kind: string, error?: Error) => ends.get(kind)!(error),
    run: async <Input, Output>(kind: string, input: Input): Promise<Output> => {
      if (isBusy) throw new StudioError('JOB_STATE', 'Another task is running')
      isBusy = true
      began.push(kind)
      try {
        await new Promise<void>((resolve, reject) => {
          ends.set(kind, (error) => (error === undefined ? resolve() : reject(error)))
        })
      } finally {
        isBusy = false
      }
      return input as unknown as Output
    },
  }
}

const options = (signal = new AbortController().signal) => ({ onEvent: () => undefined, signal })
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a line of tasks', () => {
  it('runs them one after another, in the order in which they came', async () => {
    const inner = worker()
    const line = new TaskLine(inner)
    const results = ['a', 'b', 'c'].map((kind) => line.run<string, string, never>(kind, kind.toUpperCase(), options()))
    for (const kind of ['a', 'b', 'c']) {
      await settle()
      expect(inner.began.at(-1)).toBe(kind)
      inner.end(kind)
    }
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C'])
  })

  it('goes on after one that failed', async () => {
    const inner = worker()
    const line = new TaskLine(inner)
    const [first, second] = [line.run('a', 1, options()), line.run<number, number, never>('b', 2, options())]
    await settle()
    inner.end('a', new Error('broken'))
    await expect(first).rejects.toThrow('broken')
    await settle()
    inner.end('b')
    expect(await second).toBe(2)
  })

  it('lets go at once who stops waiting, and nobody passes whom they waited for', async () => {
    const inner = worker()
    const line = new TaskLine(inner)
    const stopping = new AbortController()
    const first = line.run<number, number, never>('a', 1, options())
    const second = line.run('b', 2, options(stopping.signal))
    const third = line.run<number, number, never>('c', 3, options())
    await settle()
    stopping.abort()
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' })
    await settle()
    expect(inner.began).toEqual(['a'])
    inner.end('a')
    expect(await first).toBe(1)
    await settle()
    inner.end('c')
    expect(await third).toBe(3)
    expect(inner.began).toEqual(['a', 'c'])
  })
})
