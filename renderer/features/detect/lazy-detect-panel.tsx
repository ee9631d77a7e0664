import { lazy, Suspense } from 'react'
import type { DetectExits } from './context'

const Panel = lazy(() => import('./detect-panel').then((loaded) => ({ default: loaded.DetectPanel })))

/** The panel, read from its own file when it is opened for the first time. */
export function LazyDetectPanel({ exits }: { readonly exits: DetectExits }) {
  return (
    <Suspense fallback={null}>
      <Panel exits={exits} />
    </Suspense>
  )
}
