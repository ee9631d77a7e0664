import { useEffect, useMemo, useState } from 'react'
import { ErrorBoundary } from 'react-error-boundary'
import { useStore } from 'zustand'
import { toFailure } from '../../contract/errors'
import { StudioContext } from '../studio/context'
import type { Studio } from '../studio/studio'
import { ErrorNote } from '../ui/error-note'
import { LiveRegion } from '../ui/live-region'
import { Toaster } from '../ui/toaster'
import { createAppStore, showPanel } from './app-store'
import styles from './app.module.css'
import { createCommands } from './commands'
import { ConnectionNote } from './connection-note'
import { ErrorsDialog } from './errors-dialog'
import { Palette } from './palette'
import { panels, type Features } from './panels'
import { Rail } from './rail'
import { ShortcutSheet } from './shortcut-sheet'
import { StatusBar } from './status-bar'
import { TitleBar } from './title-bar'
import { useKeys } from './use-keys'
import { useNews } from './use-news'

interface AppProps {
  readonly studio: Studio
  readonly features: Features
}

export function App({ studio, features }: AppProps) {
  const [app] = useState(() =>
    createAppStore(
      panels.map(({ id }) => id),
      'image',
    ),
  )
  const commands = useMemo(() => createCommands({ studio, app, features }), [studio, app, features])
  const panelId = useStore(app, (state) => state.panel)
  const panel = panels.find(({ id }) => id === panelId) ?? panels[0]
  useKeys(commands, studio, app)
  useNews(studio, features.image)
  useEffect(
    () =>
      studio.parcels.subscribe(({ parcel }) => {
        if (parcel !== null) showPanel(app, parcel.to)
      }),
    [studio, app],
  )
  useEffect(
    () =>
      studio.host.onMenuCommand((id) => {
        const command = commands.find((one) => one.id === id)
        if (command !== undefined && command.disabledReason?.() == null) command.run()
      }),
    [studio, commands],
  )

  return (
    <StudioContext.Provider value={studio}>
      <div className={styles.app} data-host={studio.host.kind}>
        <TitleBar panel={panel?.label ?? ''} image={features.image} app={app} commands={commands} />
        <Rail app={app} />
        <main className={styles.main}>
          <ErrorBoundary
            resetKeys={[panelId]}
            fallbackRender={({ error, resetErrorBoundary }) => (
              <div className={styles.broken}>
                <ErrorNote
                  size="stage"
                  failure={toFailure(error)}
                  actions={[
                    { label: 'Show it again', run: resetErrorBoundary },
                    { label: 'Reload the window', run: () => window.location.reload() },
                  ]}
                />
              </div>
            )}
          >
            {panel?.render(features, (id) => showPanel(app, id))}
          </ErrorBoundary>
          <ConnectionNote />
        </main>
        <StatusBar app={app} />
      </div>
      <Palette app={app} commands={commands} />
      <ShortcutSheet app={app} commands={commands} />
      <ErrorsDialog app={app} />
      <Toaster />
      <LiveRegion />
    </StudioContext.Provider>
  )
}
