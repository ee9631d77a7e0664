import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Roofline } from '../../contract/inspection-measures'
import { float32, type Tensor } from '../tensor/tensor'
import { defaultThreads } from '../runtime/cpu-threads'
import { ProfiledGraph, runtimeName } from '../runtime/profile-graph'
import { stopIfCancelled, type MeasureWatch } from './measure-profile'
import { spread } from './spread'
import { writeMeasuredGraph } from './write-graph'

const side = 1024
const runs = 20
const copyBytes = 64 * 1024 * 1024
const copies = 12

/** A folder for generated graphs, gone afterwards. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-measure-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds of each run of a product of two square matrices. */
async function productTimes(path: string, threads: number, watch: MeasureWatch): Promise<number[]> {
  const graph = await ProfiledGraph.open({ path, role: 'matrix product', provider: 'cpu', threads })
  try {
    const feeds: Record<string, Tensor> = { x: float32([side, side], new Float32Array(side * side).fill(0.5)) }
    for (let run = 0; run < runs + 1; run += 1) {
      stopIfCancelled(watch)
      await graph.run(feeds)
    }
    // The first run packs the weights.
    return graph.trace().runs.slice(1)
  } finally {
    await graph.release()
  }
}

/** Bytes read and written a second, in the fastest of some copies. */
function copyBandwidth(): number {
  const [from, to] = [Buffer.alloc(copyBytes, 1), Buffer.alloc(copyBytes)]
  let best = Number.POSITIVE_INFINITY
  for (let copy = 0; copy < copies; copy += 1) {
    const began = performance.now()
    from.copy(to)
    best = Math.min(best, performance.now() - began)
  }
  return (2 * copyBytes * 1000) / best
}

/** This machine's limits: what a dense product reaches on one thread and on all, and how fast memory is copied. */
export async function measureRoofline(watch: MeasureWatch): Promise<Roofline> {
  return withFolder(async (folder) => {
    const path = join(folder, 'product.onnx')
    writeFileSync(
      path,
      writeMeasuredGraph({
        nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
        inputs: { x: [side, side] },
        outputs: { y: [side, side] },
        weights: { w: [side, side] },
      }),
    )
    const counts = [...new Set([1, defaultThreads()])]
    const peaks: Roofline['peaks'] = []
    for (const [place, threads] of counts.entries()) {
      watch.tell(
        place / (counts.length + 1),
        threads === 1 ? 'A matrix product on one thread' : `A matrix product on ${threads} threads`,
      )
      const times = await productTimes(path, threads, watch)
      peaks.push({ threads, macsPerSecond: (side ** 3 * 1000) / Math.min(...times), milliseconds: spread(times) })
    }
    stopIfCancelled(watch)
    watch.tell(counts.length / (counts.length + 1), 'Copying in memory')
    return { measuredAt: Date.now(), runtime: runtimeName, peaks, bytesPerSecond: copyBandwidth() }
  })
}
