// @vitest-environment jsdom
import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { connect, type Link, type Transport } from './connect'
import { failureOf } from './failure'
import { backoff } from './web-transport'

function fakeTransport() {
  let events: Parameters<Transport['start']>[0] | null = null
  const transport: Transport = {
    start: (given) => (events = given),
    reconnect() {},
    assetUrl: (id) => `/x/${id}`,
  }
  return { transport, events: () => events! }
}

const link = (answer: unknown): Link => ({ call: async () => answer })

describe('the connection', () => {
  it('lets a call wait for the first link', async () => {
    const { transport, events } = fakeTransport()
    const connection = connect(transport)
    const asked = connection.client.jobs.list()
    events().opened(link(['answer']))
    expect(await asked).toEqual(['answer'])
    expect(connection.state.getState()).toMatchObject({ status: 'open', generation: 1 })
  })

  it('keeps the same client over a lost and a new link', async () => {
    const { transport, events } = fakeTransport()
    const { client, state } = connect(transport)
    events().opened(link('old'))
    events().lost()
    expect(state.getState().status).toBe('reconnecting')
    events().failed()
    expect(state.getState().attempts).toBe(1)
    const asked = client.settings.get()
    events().opened(link('new'))
    expect(await asked).toBe('new')
    expect(state.getState()).toMatchObject({ status: 'open', generation: 2, attempts: 0 })
  })

  it('gives up what waits when the core is down, and goes on once it has started again', async () => {
    const { transport, events } = fakeTransport()
    const { client, state } = connect(transport)
    const waiting = client.jobs.list()
    events().down('The engine ended unexpectedly')
    await expect(waiting).rejects.toThrow('does not answer')
    await expect(client.jobs.list()).rejects.toThrow('does not answer')
    events().lost()
    expect(state.getState()).toMatchObject({ status: 'down', reason: 'The engine ended unexpectedly' })

    events().starting()
    expect(state.getState()).toMatchObject({ status: 'reconnecting', reason: null })
    const asked = client.settings.get()
    events().opened(link('new'))
    expect(await asked).toBe('new')
  })

  it('tries again soon at first and seldom later', () => {
    expect([0, 1, 2, 8].map(backoff)).toEqual([500, 1000, 2000, 10_000])
  })
})

describe('an error of a call', () => {
  it('keeps its code, field and remedy', () => {
    const error = new ORPCError('INVALID_INPUT', {
      message: 'Too wide',
      data: { field: 'width', remedy: 'Make it smaller' },
    })
    expect(failureOf(error)).toEqual({
      code: 'INVALID_INPUT',
      message: 'Too wide',
      field: 'width',
      remedy: 'Make it smaller',
    })
  })

  it('of an unknown code is an internal one', () => {
    expect(failureOf(new ORPCError('TEAPOT', { message: 'x' })).code).toBe('INTERNAL')
  })

  it('of a closed socket says that the connection was lost', () => {
    expect(failureOf(new Error('Cannot send message, WebSocket is not open.')).code).toBe('ENGINE_CRASHED')
  })
})
