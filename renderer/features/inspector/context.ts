import { createContext, useContext, useMemo } from 'react'
import { useStore } from 'zustand'
import type { InspectorFeature } from './feature'
import { openFileOf, type OpenFile } from './file-store'
import { costsOf, type Costs } from './model/costs'

export const InspectorContext = createContext<InspectorFeature | null>(null)

export function useInspector(): InspectorFeature {
  const feature = useContext(InspectorContext)
  if (feature === null) throw new Error('The Inspector feature is missing above this component')
  return feature
}

/** A file that is open with what is known of its costs, made once for all views of it. */
export interface Opened extends OpenFile {
  readonly costs: Costs
}

export const OpenedContext = createContext<Opened | null>(null)

export function useOpened(): Opened {
  const opened = useContext(OpenedContext)
  if (opened === null) throw new Error('No file is open above this component')
  return opened
}

/** To be provided once, above the views. Null where no file is open. */
export function useCostsOfFile(): Opened | null {
  const { file, sizes, measure } = useInspector()
  const opened = useStore(file, openFileOf)
  const counts = useStore(sizes, (state) => state.counts)
  const profile = useStore(measure, (state) => state.profile)
  return useMemo(
    () => (opened === null ? null : { ...opened, costs: costsOf(opened.inspection, counts, profile) }),
    [opened, counts, profile],
  )
}
