import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { SpeculateFeature } from './feature'
import type { Brush } from './model/brush'
import type { RunTrace } from './model/run-trace'
import type { ShownRace } from './race-store'

export const SpeculateContext = createContext<SpeculateFeature | null>(null)

export function useSpeculate(): SpeculateFeature {
  const feature = useContext(SpeculateContext)
  if (feature === null) throw new Error('The Speculate feature is missing above this component')
  return feature
}

export function useRace(): ShownRace | null {
  return useStore(useSpeculate().race, ({ race }) => race)
}

/** The run that is looked at. */
export function useShownRun(): RunTrace | null {
  const { race, view } = useSpeculate()
  const index = useStore(view, ({ run }) => run)
  return useStore(race, (state) => state.race?.runs[index] ?? null)
}

/** The rounds of the shown run that were chosen in a chart; null where none were. */
export function useBrush(): Brush | null {
  const { view } = useSpeculate()
  return useStore(view, ({ brush, run }) => (brush?.run === run ? brush : null))
}

/** Whether rounds come in by themselves: a race that runs, or a replay that plays. */
export function useIsMoving(): boolean {
  const { race, view } = useSpeculate()
  const isRunning = useStore(race, (state) => state.race?.isRunning === true)
  const isPlaying = useStore(view, (state) => state.isPlaying)
  return isRunning || isPlaying
}
