import { createStore } from 'zustand/vanilla'
import type { Connection, ConnectionState } from '../client/connect'
import { createBrowserHost } from '../platform/browser-host'
import { createStudio, type Studio } from '../studio/studio'
import { fakeAssetUrl } from './fake-answers'
import { createFakeCore, type FakeCore, type FakeOptions } from './fake-client'

export interface FakeStudio {
  readonly studio: Studio
  readonly core: FakeCore
}

/** A whole studio over a core in memory. */
export function createFakeStudio(options: FakeOptions = {}): FakeStudio {
  const core = createFakeCore(options)
  const connection: Connection = {
    client: core.client,
    state: createStore<ConnectionState>(() => ({ status: 'open', generation: 1, attempts: 0, reason: null })),
    reconnect: () => core.calls.push('reconnect'),
    assetUrl: fakeAssetUrl,
  }
  return { studio: createStudio(connection, createBrowserHost(fakeAssetUrl)), core }
}
