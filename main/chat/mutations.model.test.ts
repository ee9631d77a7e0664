// Each classic fault of ports of this model, planted, must make a golden fail: a proof that the goldens would see it. Those inside the
// graphs are planted where the graphs are made (training/goldens/bagel_check.py).

import { afterEach, describe, expect, it } from 'vitest'
import { drawingFaults } from './testing/drawing-faults'
import { uproot } from './testing/plant'
import { readingFaults } from './testing/reading-faults'

afterEach(uproot)

/** Runs a golden with the engine as it now stands. @returns what of it is refused */
async function refused(golden: string): Promise<string[]> {
  if (golden === 'sizes') return (await import('./testing/sizes')).unlikeSizes()
  const { observe, readScenario, recordedNoise, turnOf } = await import('./testing/scenario')
  const { compare, failuresOf } = await import('./testing/compare')
  const scenario = readScenario(golden)
  const observed = await observe(turnOf(scenario), recordedNoise(scenario))
  if (observed.error !== null) return [(observed.error as Error).message]
  return failuresOf(compare(scenario, observed)).map(({ what }) => what)
}

const faults = [...readingFaults, ...drawingFaults]
/** The engine is imported anew for each fault. */
const timeout = 60_000

describe('a golden sees', () => {
  it.each(faults)(
    '%s',
    async (_what, golden, plantFault) => {
      plantFault()
      expect(await refused(golden)).not.toEqual([])
    },
    timeout,
  )

  it(
    'nothing where nothing is planted',
    async () => {
      for (const golden of new Set(faults.map(([, name]) => name))) expect(await refused(golden)).toEqual([])
    },
    timeout,
  )
})
