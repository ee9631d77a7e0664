import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../contract/errors'
import { readGraphOutline } from './graph-outline'
import { openGraph } from './open-graph'
import { Residency, type GraphRequest } from './residency'
import { matMulGraph, saveGraph, temporaryFolder } from './testing/sample-graphs'

const folder = temporaryFolder()
afterAll(() => folder.remove())

let path: string
let bytes: number
beforeAll(() => {
  path = saveGraph(folder.path, 'graph.onnx', matMulGraph)
  bytes = readGraphOutline(path).bytes
})

function setUp(budgetInGraphs = Number.POSITIVE_INFINITY) {
  const open = vi.fn(openGraph)
  const onChange = vi.fn()
  const sessions = new Residency({ budget: budgetInGraphs * bytes, open, onChange })
  const request = (modelId: string, role = 'graph', more: Partial<GraphRequest> = {}): GraphRequest => {
    return { modelId, role, path, provider: 'cpu', threads: 1, ...more }
  }
  const held = (): string[] =>
    sessions.memory().flatMap(({ modelId, graphs }) => graphs.map(({ role }) => `${modelId}/${role}`))
  return { sessions, open, onChange, request, held }
}

describe('residency', () => {
  it('loads a graph once, however often and however soon it is asked for', async () => {
    const { sessions, open, request } = setUp()
    const [first, second] = await Promise.all([sessions.open(request('a')), sessions.open(request('a'))])
    expect(second).toBe(first)
    expect(await sessions.open(request('a'))).toBe(first)
    expect(open).toHaveBeenCalledTimes(1)
    await sessions.releaseAll()
  })

  it('tries again after a load that failed', async () => {
    const { sessions, open, request, held } = setUp()
    open.mockRejectedValueOnce(new StudioError('OUT_OF_MEMORY', 'none left'))
    await expect(sessions.open(request('a'))).rejects.toThrow('none left')
    expect(held()).toEqual([])
    await sessions.open(request('a'))
    expect(held()).toEqual(['a/graph'])
    await sessions.releaseAll()
  })

  it('adds up bytes by model', async () => {
    const { sessions, request } = setUp()
    await sessions.open(request('a', 'encoder'))
    await sessions.open(request('a', 'decoder'))
    await sessions.open(request('b'))
    expect(sessions.memory()).toEqual([
      {
        modelId: 'a',
        bytes: 2 * bytes,
        graphs: [
          { role: 'encoder', bytes, provider: 'cpu' },
          { role: 'decoder', bytes, provider: 'cpu' },
        ],
      },
      { modelId: 'b', bytes, graphs: [{ role: 'graph', bytes, provider: 'cpu' }] },
    ])
    await sessions.releaseAll()
  })

  it('releases one graph or the whole model, and says so', async () => {
    const { sessions, onChange, request, held } = setUp()
    for (const role of ['encoder', 'transformer', 'decoder']) await sessions.open(request('a', role))
    expect(onChange).toHaveBeenCalledTimes(3)
    await sessions.release('a', 'encoder')
    expect(held()).toEqual(['a/transformer', 'a/decoder'])
    await sessions.release('a')
    expect(held()).toEqual([])
    expect(onChange).toHaveBeenCalledTimes(6)
  })

  it('releases what is still being loaded', async () => {
    const { sessions, request, held } = setUp()
    const loading = sessions.open(request('a'))
    await sessions.release('a')
    expect(held()).toEqual([])
    await expect((await loading).run({})).rejects.toThrow('after it was released')
  })

  it('makes room by releasing what was not used for longest', async () => {
    const { sessions, request, held } = setUp(2)
    await sessions.open(request('a'))
    await sessions.open(request('b'))
    await sessions.open(request('a'))
    await sessions.open(request('c'))
    expect(held()).toEqual(['a/graph', 'c/graph'])
    await sessions.releaseAll()
  })

  it('keeps what the task in hand uses, over the budget if need be', async () => {
    const { sessions, request, held } = setUp(2)
    await sessions.open(request('old'))
    sessions.beginTask()
    for (const role of ['encoder', 'transformer', 'decoder']) await sessions.open(request('a', role))
    expect(held()).toEqual(['a/encoder', 'a/transformer', 'a/decoder'])
    expect(sessions.isInUse('a')).toBe(true)
    expect(sessions.isInUse('old')).toBe(false)
    sessions.endTask()
    expect(sessions.isInUse('a')).toBe(false)
    await sessions.open(request('b'))
    expect(held()).toEqual(['a/decoder', 'b/graph'])
    await sessions.releaseAll()
  })

  it('replaces a graph that is asked for with other threads or on another device', async () => {
    const { sessions, open, request, held } = setUp()
    await sessions.open(request('a'))
    await sessions.open(request('a', 'graph', { threads: 2 }))
    expect(open).toHaveBeenCalledTimes(2)
    expect(held()).toEqual(['a/graph'])
    await sessions.releaseAll()
  })
})
