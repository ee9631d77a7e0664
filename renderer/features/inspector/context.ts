import { createContext, useContext } from 'react'
import type { InspectionCounts } from '../../../contract/inspection-counts'
import type { InspectorFeature } from './feature'
import type { OpenFile } from './file-store'
import type { Costs } from './model/costs'

export const InspectorContext = createContext<InspectorFeature | null>(null)

export function useInspector(): InspectorFeature {
  const feature = useContext(InspectorContext)
  if (feature === null) throw new Error('The Inspector feature is missing above this component')
  return feature
}

/** A file that is open with what is known of its costs, made once for all views of it. */
export interface Opened extends OpenFile {
  /** Null until it was counted for the first time. */
  readonly counts: InspectionCounts | null
  readonly costs: Costs
}

export const OpenedContext = createContext<Opened | null>(null)

export function useOpened(): Opened {
  const opened = useContext(OpenedContext)
  if (opened === null) throw new Error('No file is open above this component')
  return opened
}
