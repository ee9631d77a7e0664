import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { useInspector, useOpened } from '../context'
import { buildGroup, type BuiltGraph } from './build-group'
import { createLayoutClient } from './layout-client'
import type { PlacedGraph } from './layout-group'

/** A graph with a place for each of its boxes. */
export interface LaidOut {
  readonly built: BuiltGraph
  readonly placed: PlacedGraph
}

export interface LayoutState {
  /** What stands there; the old one while a new one is made. */
  readonly shown: LaidOut | null
  readonly isBusy: boolean
  readonly problem: string | null
}

/** The graph as far as it stands unfolded, laid out beside the page. */
export function useLayout(): LayoutState {
  const { view } = useInspector()
  const { inspection, graph } = useOpened()
  const open = useStore(view, (state) => state.openInGraph)
  const built = useMemo(() => buildGroup(inspection, graph, open), [inspection, graph, open])
  const [client] = useState(createLayoutClient)
  const [shown, setShown] = useState<LaidOut | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => () => client.dispose(), [client])
  useEffect(() => {
    let isWanted = true
    client.layout(built.group).then(
      (placed) => {
        if (!isWanted) return
        setShown({ built, placed })
        setProblem(null)
      },
      (error: unknown) => {
        if (isWanted) setProblem(error instanceof Error ? error.message : String(error))
      },
    )
    return () => {
      isWanted = false
    }
  }, [client, built])
  return { shown, isBusy: shown?.built !== built && problem === null, problem }
}
