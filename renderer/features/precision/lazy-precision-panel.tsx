import { lazy, Suspense } from 'react'

const Panel = lazy(() => import('./precision-panel').then((loaded) => ({ default: loaded.PrecisionPanel })))

/** The panel, read from its own file when it is opened for the first time. */
export function LazyPrecisionPanel() {
  return (
    <Suspense fallback={null}>
      <Panel />
    </Suspense>
  )
}
