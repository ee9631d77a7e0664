import { lazy, Suspense } from 'react'

const Panel = lazy(() => import('./inspector-panel').then((loaded) => ({ default: loaded.InspectorPanel })))

/** The panel, read from its own file when it is opened for the first time. */
export function LazyInspectorPanel() {
  return (
    <Suspense fallback={null}>
      <Panel />
    </Suspense>
  )
}
