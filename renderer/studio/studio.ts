import type { StudioClient } from '../../contract/client'
import type { Failure } from '../../contract/errors'
import type { StoreApi } from 'zustand/vanilla'
import type { Connection, ConnectionState } from '../client/connect'
import { failureOf, isLostConnection } from '../client/failure'
import type { Host } from '../platform/host'
import { createDevicesStore, type DevicesStore } from './devices-store'
import { createErrorsStore, type ErrorsStore } from './errors-store'
import { createJobsStore, watchJobs, type JobsStore } from './jobs-store'
import { createLayoutStore, type LayoutStore } from './layout-store'
import { createModelsStore, type ModelsStore } from './models-store'
import { createParcelStore, type ParcelStore } from './parcel-store'
import { createSettingsStore, type SettingsStore } from './settings-store'
import { createUndoStack, type UndoStack } from './undo-stack'

/** What every panel works with: the client, the machine around the page, and mirrors of what the core knows. */
export interface Studio {
  readonly client: StudioClient
  readonly host: Host
  readonly connection: StoreApi<ConnectionState>
  /** Asks for the core at once where the connection was lost, and for a new engine where it had failed for good. */
  readonly reconnect: () => void
  readonly jobs: JobsStore
  readonly models: ModelsStore
  readonly devices: DevicesStore
  readonly settings: SettingsStore
  readonly errors: ErrorsStore
  readonly layout: LayoutStore
  readonly undo: UndoStack
  readonly parcels: ParcelStore
  readonly assetUrl: (assetId: string) => string
  /** Notes an error for the status bar and gives the record to show. A lost connection has its own sign. */
  readonly report: (doing: string, error: unknown) => Failure
  /** Starts following the core. Gives the way to stop. */
  start(): () => void
}

const memoryPollMilliseconds = 3000

export function createStudio(connection: Connection, host: Host): Studio {
  const { client } = connection
  const studio: Studio = {
    client,
    host,
    connection: connection.state,
    reconnect: () => connection.reconnect(),
    jobs: createJobsStore(),
    models: createModelsStore(client),
    devices: createDevicesStore(client),
    settings: createSettingsStore(client),
    errors: createErrorsStore(),
    layout: createLayoutStore(),
    undo: createUndoStack(),
    parcels: createParcelStore(),
    assetUrl: (assetId) => connection.assetUrl(assetId),
    report(doing, error) {
      const failure = failureOf(error)
      if (!isLostConnection(error)) studio.errors.getState().report(doing, failure)
      return failure
    },
    start() {
      const stops = [
        watchJobs(client, connection.state, studio.jobs, (error) => studio.report('Following the queue', error)),
        onEachOpening(connection.state, () => {
          void refreshAll(studio)
        }),
        reportFailedJobs(studio),
        pollMemory(studio),
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
  return studio
}

function onEachOpening(state: StoreApi<ConnectionState>, run: () => void): () => void {
  if (state.getState().status === 'open') run()
  return state.subscribe((now, old) => {
    if (now.generation !== old.generation) run()
  })
}

async function refreshAll(studio: Studio): Promise<void> {
  const loads: [string, () => Promise<void>][] = [
    ['Reading the settings', () => studio.settings.getState().load()],
    ['Looking for models', () => studio.models.getState().refresh()],
    ['Looking for devices', () => studio.devices.getState().refresh()],
  ]
  await Promise.all(
    loads.map(([doing, load]) =>
      load().catch((error: unknown) => {
        studio.report(doing, error)
      }),
    ),
  )
}

function reportFailedJobs(studio: Studio): () => void {
  return studio.jobs.subscribe((state, old) => {
    if (state.jobs === old.jobs || !old.isLoaded) return
    for (const job of Object.values(state.jobs)) {
      if (job.failure !== null && job.status === 'failed' && old.jobs[job.id]?.status !== 'failed') {
        studio.errors.getState().report(job.title, job.failure)
      }
    }
  })
}

function pollMemory(studio: Studio): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState === 'hidden' || studio.connection.getState().status !== 'open') return
    // The next round asks again, and a lost connection shows by itself.
    studio.devices
      .getState()
      .refreshMemory()
      .catch(() => {})
  }, memoryPollMilliseconds)
  return () => clearInterval(timer)
}
