import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Box, DetectedBox } from '../../../contract/detection'
import { defaultFilter, filterCandidates, matchBoxes } from '../../../contract/detection-boxes'
import { openGraph } from '../../runtime/open-graph'
import type { GraphSession } from '../../runtime/graph-session'
import { detectorFacts } from '../facts'
import { readDetectorFolder, type DetectorFolder } from '../folder'
import { preparePicture } from '../picture-input'
import { runNetwork } from '../run-network'
import { runStages } from './run-stages'

const root = path.resolve(import.meta.dirname, '../../..')
const model = path.join(root, 'resources/models/thundernet-emoji')

let folder: DetectorFolder
let sessions: { detect: GraphSession; rpn: GraphSession; head: GraphSession }
beforeAll(async () => {
  folder = await readDetectorFolder(model)
  const { detect, stages } = folder.precisions[folder.defaultPrecision]!
  const open = (role: string, file: string) => openGraph({ path: file, role, provider: 'cpu', threads: 1 })
  sessions = {
    detect: await open('detect', detect),
    rpn: await open('rpn', stages!.rpn),
    head: await open('head', stages!.head),
  }
})
afterAll(async () => {
  for (const session of Object.values(sessions)) await session.release()
})

/** A picture of coloured blobs: a fixed pattern with edges, so that proposals are many and their scores apart. */
function made(width: number, height: number, seed: number) {
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, index) => {
    const [channel, x, y] = [index % 3, Math.floor(index / 3) % width, Math.floor(index / 3 / width)]
    const wave = Math.sin((x + seed * 13) / (9 + channel)) * Math.cos((y - seed * 7) / (11 - channel))
    return Math.trunc(127 + 120 * Math.sign(wave) * Math.sqrt(Math.abs(wave)))
  })
  return { width, height, rgb }
}

describe('ThunderNet in one graph and in two with proposals between', () => {
  it('is the bundled model with nothing wrong', () => {
    expect(folder.problems).toEqual([])
    expect(detectorFacts(folder, folder.spec!)).toMatchObject({ architecture: 'thundernet', layers: true })
  })

  it.each([
    [640, 480, 1],
    [200, 500, 2],
    [320, 320, 3],
    [33, 47, 4],
  ])('finds the same boxes in %i × %i pixels', async (width, height, seed) => {
    const spec = folder.spec!
    const prepared = preparePicture(made(width, height, seed), spec.input)
    const whole = await runNetwork(sessions.detect, spec, prepared)
    const stages = await runStages(sessions, spec.thundernet!, prepared)
    expect(stages.proposals.scores.length).toBeGreaterThan(20)
    expect(stages.candidates.scores.length).toBe(whole.candidates.scores.length)
    const all = { ...defaultFilter(detectorFacts(folder, spec)), score: 0, suppression: 'none' as const, limit: 2000 }
    const [ours, theirs] = [filterCandidates(stages.candidates, all), filterCandidates(whole.candidates, all)]
    // Single precision in the graph, double here: boxes to a hundredth of a pixel, scores to 1e-4.
    const pairs = matchBoxes(ours, theirs, 0.99)
    expect(pairs.filter(({ a, b }) => a === null || b === null)).toEqual([])
    for (const { a, b } of pairs) {
      const [one, other]: [DetectedBox, DetectedBox] = [ours[a!]!, theirs[b!]!]
      one.box.forEach((side: Box[number], corner) => expect(Math.abs(side - other.box[corner]!)).toBeLessThan(0.01))
      expect(Math.abs(one.score - other.score)).toBeLessThan(1e-4)
    }
  })

  it('has attention between 0 and 1 for every cell', async () => {
    const prepared = preparePicture(made(320, 320, 5), folder.spec!.input)
    const { attention, grid } = await runStages(sessions, folder.spec!.thundernet!, prepared)
    expect(attention.length).toBe(grid.rows * grid.columns)
    expect(Math.min(...attention)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...attention)).toBeLessThanOrEqual(1)
  })

  it('goes on where nothing is proposed', async () => {
    const spec = folder.spec!
    const prepared = preparePicture(made(64, 64, 6), spec.input)
    const none = { ...spec.thundernet!, proposals: { ...spec.thundernet!.proposals, topBeforeNms: 0 } }
    const { candidates, proposals } = await runStages(sessions, none, prepared, 0)
    expect([candidates.scores.length, proposals.scores.length]).toEqual([0, 0])
  })
})
