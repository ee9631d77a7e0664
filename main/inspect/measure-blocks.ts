import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Convolution } from '../../contract/inspection'
import type { Block, MeasuredBlock, MeasuredBlocks, Spread } from '../../contract/inspection-measures'
import { defaultThreads } from '../runtime/cpu-threads'
import { ProfiledGraph, runtimeName } from '../runtime/profile-graph'
import { float32, type Tensor } from '../tensor/tensor'
import { blockForms, type BlockForm } from './block-layers'
import { countBlocks, guidelinesOf } from './count-blocks'
import { stopIfCancelled, type MeasureWatch } from './measure-profile'
import { withFolder } from './measure-roofline'
import { spread } from './spread'
import { writeBlock } from './write-block'

const warmUp = 3
const fewestRuns = 10
const mostRuns = 60
const usualMilliseconds = 8000
/** A block must be faster than one with more multiply-adds by this share, or it was not worth them. */
const worthwhile = 0.05

interface Contestant {
  readonly form: BlockForm
  readonly graph: ProfiledGraph
}

/**
 * Runs every form of a convolution on this machine, all of them in each round, so that what else the machine does falls on
 * all alike.
 * @throws StudioError CANCELLED, OUT_OF_MEMORY
 */
export async function measureBlocks(
  convolution: Convolution,
  threads: number,
  watch: MeasureWatch,
): Promise<MeasuredBlocks> {
  return withFolder(async (folder) => {
    const contestants: Contestant[] = []
    try {
      for (const form of blockForms(convolution)) {
        if (form.refused !== null) continue
        stopIfCancelled(watch)
        const path = join(folder, `${form.name}.onnx`)
        writeFileSync(path, writeBlock(form, convolution))
        contestants.push({ form, graph: await ProfiledGraph.open({ path, role: form.name, provider: 'cpu', threads }) })
      }
      const runs = await runInRounds(contestants, convolution, watch)
      const times = new Map(contestants.map(({ form, graph }) => [form.name, spread(graph.trace().runs.slice(warmUp))]))
      return {
        convolution,
        measuredAt: Date.now(),
        threads: threads || defaultThreads(),
        runtime: runtimeName,
        runs,
        blocks: judge(convolution, (name) => times.get(name) ?? null),
      }
    } finally {
      for (const { graph } of contestants) await graph.release()
    }
  })
}

/** @returns how many rounds count */
async function runInRounds(
  contestants: readonly Contestant[],
  { inputChannels, height, width }: Convolution,
  watch: MeasureWatch,
): Promise<number> {
  const input = float32([1, inputChannels, height, width], new Float32Array(inputChannels * height * width).fill(0.25))
  const feeds: Record<string, Tensor> = { x: input }
  const round = async (): Promise<void> => {
    for (const { graph } of contestants) {
      stopIfCancelled(watch)
      await graph.run(feeds)
    }
  }
  const began = performance.now()
  for (let run = 0; run < warmUp; run += 1) await round()
  const each = (performance.now() - began) / warmUp
  const rounds = Math.max(fewestRuns, Math.min(mostRuns, Math.floor(usualMilliseconds / Math.max(0.1, each))))
  for (let run = 0; run < rounds; run += 1) {
    watch.tell(0.05 + (0.95 * run) / rounds, `Round ${run + 1} of ${rounds}`)
    await round()
  }
  return rounds
}

/** Puts counts and times together, and says where fewer multiply-adds were not faster. */
export function judge(convolution: Convolution, timeOf: (name: Block['name']) => Spread | null): MeasuredBlock[] {
  const forms = blockForms(convolution)
  const blocks = countBlocks(convolution)
  return blocks.map((block, index) => {
    const milliseconds = timeOf(block.name)
    const slower =
      milliseconds !== null &&
      blocks.some((other) => {
        const time = timeOf(other.name)
        return time !== null && other.macs > block.macs && milliseconds.median > time.median * (1 - worthwhile)
      })
    return {
      ...block,
      milliseconds,
      macsPerSecond:
        milliseconds === null || milliseconds.median === 0 ? null : (1000 * block.macs) / milliseconds.median,
      slowerThanItsMacs: slower,
      guidelines: slower ? guidelinesOf(forms[index]!, block) : [],
    }
  })
}
