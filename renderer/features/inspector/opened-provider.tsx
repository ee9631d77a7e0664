import { useDeferredValue, useMemo, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { OpenedContext, useInspector } from './context'
import type { OpenFile } from './file-store'
import { costsOf } from './model/costs'

interface OpenedProviderProps {
  readonly file: OpenFile
  readonly children: ReactNode
}

/**
 * Hands the open file and its costs to all views of it. New counts are drawn when there is time for it: ten thousand nodes
 * must not stand in the way of the next key.
 */
export function OpenedProvider({ file, children }: OpenedProviderProps) {
  const { sizes, measure } = useInspector()
  const counts = useStore(sizes, (state) => state.counts)
  const profile = useStore(measure, (state) => state.profile)
  const opened = useMemo(
    () => ({ ...file, counts, costs: costsOf(file.inspection, counts, profile) }),
    [file, counts, profile],
  )
  return <OpenedContext.Provider value={useDeferredValue(opened)}>{children}</OpenedContext.Provider>
}
