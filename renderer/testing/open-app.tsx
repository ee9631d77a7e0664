import { cleanup, configure, render, waitFor } from '@testing-library/react'
import { App } from '../app/app'
import { createImageFeature, type ImageFeature } from '../features/image/feature'
import type { FakeCore, FakeOptions } from './fake-client'
import { createFakeStudio } from './fake-studio'
import type { Studio } from '../studio/studio'

export interface OpenedApp {
  readonly studio: Studio
  readonly core: FakeCore
  readonly image: ImageFeature
}

// A machine that does other work besides is slower than the library's second.
configure({ asyncUtilTimeout: 8000 })

const stops: (() => void)[] = []

/** The whole page over a core in memory, as soon as it is drawn. `prepare` may change how the core answers. */
export function startApp(options: FakeOptions = {}, prepare: (core: FakeCore) => void = () => {}): OpenedApp {
  const { studio, core } = createFakeStudio({ secondsPerStep: 0, ...options })
  prepare(core)
  const image = createImageFeature(studio)
  stops.push(studio.start(), image.start())
  render(<App studio={studio} features={{ image }} />)
  return { studio, core, image }
}

/** The same, once its model and its pictures are known. */
export async function openApp(options: FakeOptions = {}): Promise<OpenedApp> {
  const opened = startApp(options)
  await waitFor(() => {
    if (opened.image.form.getState().draft.modelId === '') throw new Error('No model yet')
    if (!opened.image.gallery.store.getState().isLoaded) throw new Error('No gallery yet')
  })
  return opened
}

/** To be called after each test. */
export function closeApps(): void {
  for (const stop of stops.splice(0)) stop()
  cleanup()
}
