import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { protocolVersion } from '../contract/studio'
import { EngineProcess, toPageState, type EngineStatus } from './engine-process'

class FakeChild extends EventEmitter {
  readonly sent: unknown[] = []
  postMessage(message: unknown): void {
    this.sent.push(message)
  }
  ready(protocol = protocolVersion): void {
    this.emit('message', { type: 'ready', protocol })
  }
}

let children: FakeChild[]
let statuses: EngineStatus[]
let log: string[]
let engine: EngineProcess

beforeEach(() => {
  vi.useFakeTimers()
  children = []
  statuses = []
  log = []
  engine = new EngineProcess({
    fork() {
      const child = new FakeChild()
      children.push(child)
      return child
    },
    kill: (child) => (child as FakeChild).emit('exit', 9),
    onStatus: (status) => statuses.push(status),
    log: (text) => log.push(text),
  })
})
afterEach(() => vi.useRealTimers())

const port = {} as Parameters<EngineProcess['serve']>[0]
const last = (): FakeChild => {
  const child = children.at(-1)
  if (child === undefined) throw new Error('No engine was started')
  return child
}

test('an engine is ready once it has said that it speaks our protocol', () => {
  engine.start()
  expect(engine.serve(port)).toBeNull()
  last().ready()
  expect(engine.serve(port)).toMatch(/^[0-9a-f-]{36}$/)
  expect(last().sent).toEqual([{ type: 'port' }])
  expect(statuses.map(({ kind }) => kind)).toEqual(['starting', 'ready'])
})

test('it is busy while it says so, and for the page that is ready', () => {
  engine.start()
  last().ready()
  last().emit('message', { type: 'state', busy: true })
  expect(engine.status).toEqual({ kind: 'busy' })
  expect(toPageState(engine.status)).toEqual({ kind: 'ready' })
  expect(engine.serve(port)).not.toBeNull()
  last().emit('message', { type: 'state', busy: false })
  expect(engine.status).toEqual({ kind: 'ready' })
})

test('a crashed engine is followed by a fresh one with another id', () => {
  engine.start()
  last().ready()
  const first = engine.serve(port)
  last().emit('exit', 1)
  expect(toPageState(engine.status)).toEqual({
    kind: 'restarting',
    attempt: 1,
    reason: 'The engine ended unexpectedly (exit code 1)',
  })
  vi.advanceTimersByTime(250)
  expect(children).toHaveLength(2)
  expect(toPageState(engine.status).kind).toBe('restarting')
  last().ready()
  expect(engine.serve(port)).not.toBe(first)
})

test('an engine that keeps crashing stays down until it is asked for', () => {
  engine.start()
  for (let i = 0; i < 4; i++) {
    last().emit('exit', 134)
    vi.advanceTimersByTime(4000)
  }
  expect(children).toHaveLength(4)
  expect(toPageState(engine.status).kind).toBe('failed')
  vi.advanceTimersByTime(600_000)
  expect(children).toHaveLength(4)
  engine.start()
  last().ready()
  expect(engine.status).toEqual({ kind: 'ready' })
})

test('an engine that never answers counts as crashed', () => {
  engine.start()
  vi.advanceTimersByTime(60_000)
  expect(engine.status).toMatchObject({ kind: 'crashed', crash: { reason: 'The engine did not start in time' } })
})

test('an engine of another version is not tried again', () => {
  engine.start()
  last().ready(protocolVersion + 1)
  expect(toPageState(engine.status)).toMatchObject({ kind: 'failed' })
  vi.advanceTimersByTime(60_000)
  expect(children).toHaveLength(1)
})

test('the hard stop starts a fresh engine at once and counts as no crash', () => {
  engine.start()
  for (let i = 0; i < 5; i++) {
    last().ready()
    engine.restart()
  }
  expect(children).toHaveLength(6)
  last().ready()
  expect(engine.status).toEqual({ kind: 'ready' })
})

test('a start that is asked for while one is due does not start two', () => {
  engine.start()
  last().emit('exit', 1)
  engine.start()
  vi.advanceTimersByTime(10_000)
  expect(children).toHaveLength(2)
})

test('stopping asks first and waits', async () => {
  engine.start()
  last().ready()
  const stopped = engine.stop()
  expect(last().sent).toEqual([{ type: 'shutdown' }])
  last().emit('exit', 0)
  await stopped
  expect(engine.status).toEqual({ kind: 'stopped' })
  vi.advanceTimersByTime(60_000)
  expect(children).toHaveLength(1)
})

test('an engine that does not stop in time is ended', async () => {
  engine.start()
  last().ready()
  const stopped = engine.stop()
  vi.advanceTimersByTime(5000)
  await stopped
  expect(engine.status).toEqual({ kind: 'stopped' })
})

test('stopping between two tries ends the trying', async () => {
  engine.start()
  last().emit('exit', 1)
  await engine.stop()
  vi.advanceTimersByTime(60_000)
  expect(children).toHaveLength(1)
})

test('what it says that is unknown is logged and has no effect', () => {
  engine.start()
  last().emit('message', { type: 'surprise' })
  last().emit('message', 'ready')
  expect(engine.status.kind).toBe('starting')
  expect(log).toHaveLength(2)
})
