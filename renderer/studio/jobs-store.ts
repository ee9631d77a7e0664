import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../contract/client'
import type { JobEvent } from '../../contract/jobs'
import type { ConnectionState } from '../client/connect'
import { isLostConnection } from '../client/failure'
import { applyJobEvents, initialJobsState, type JobsState } from './jobs-state'
import { onNextFrame } from './next-frame'

export type JobsStore = StoreApi<JobsState>

export function createJobsStore(): JobsStore {
  return createStore<JobsState>(() => initialJobsState)
}

/**
 * Follows the studio's jobs into the store for as long as the page lives, starting anew with each connection. Events are
 * gathered and applied once a frame.
 */
export function watchJobs(
  client: StudioClient,
  connection: StoreApi<ConnectionState>,
  store: JobsStore,
  onError: (error: unknown) => void,
): () => void {
  let abort: AbortController | null = null
  let buffer: JobEvent[] = []
  let isScheduled = false

  function flush(): void {
    isScheduled = false
    const events = buffer
    buffer = []
    store.setState(applyJobEvents(store.getState(), events, Date.now()), true)
  }

  async function follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const event of await client.jobs.watch(undefined, { signal })) {
        if (signal.aborted) return
        buffer.push(event)
        if (!isScheduled) {
          isScheduled = true
          onNextFrame(flush)
        }
      }
    } catch (error) {
      if (!signal.aborted && !isLostConnection(error)) onError(error)
    }
  }

  function restart(): void {
    abort?.abort()
    abort = new AbortController()
    void follow(abort.signal)
  }

  if (connection.getState().status === 'open') restart()
  const stop = connection.subscribe((state, old) => {
    if (state.generation !== old.generation) restart()
  })
  return () => {
    stop()
    abort?.abort()
  }
}
