import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32 } from '../../tensor/tensor'
import { writeGraph, type GraphSpec } from './write-graph'

/** A folder for one test file, and the way to be rid of it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'atelier-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Writes a graph into a folder and gives its path. */
export function saveGraph(folder: string, name: string, spec: GraphSpec): string {
  const path = join(folder, name)
  writeFileSync(path, writeGraph(spec))
  return path
}

/** y = x W with W [4, 4] of 0..15. */
export const matMulGraph: GraphSpec = {
  inputs: [{ name: 'x', dtype: 'float32', shape: ['rows', 4] }],
  outputs: [
    { name: 'y', dtype: 'float32', shape: ['rows', 4] },
    { name: 'sum', dtype: 'float32', shape: ['rows', 1] },
  ],
  nodes: [
    { op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] },
    { op: 'ReduceSum', inputs: ['y', 'axes'], outputs: ['sum'] },
  ],
  initializers: {
    w: float32(
      [4, 4],
      Float32Array.from({ length: 16 }, (_, index) => index),
    ),
    axes: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) },
  },
}
