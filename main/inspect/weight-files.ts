import { statSync } from 'node:fs'
import type { WeightFile } from '../../contract/inspection'
import { externalFilePath, externalFileProblem } from '../runtime/onnx/external-file'
import type { GraphWeight } from './graph'

function sizeOf(path: string): number | null {
  try {
    const stats = statSync(path)
    return stats.isFile() ? stats.size : null
  } catch {
    return null
  }
}

/** The files beside a graph that it keeps weights in, and whether they are there. */
export function weightFiles(graphPath: string, weights: readonly GraphWeight[]): WeightFile[] {
  const needed = new Map<string, number>()
  for (const { external, bytes } of weights) {
    if (external === null) continue
    const end = external.offset + Math.max(external.length, bytes)
    needed.set(external.location, Math.max(needed.get(external.location) ?? 0, end))
  }
  return [...needed].map(([location, bytes]) => fileState(graphPath, location, bytes))
}

function fileState(graphPath: string, location: string, needed: number): WeightFile {
  const problem = externalFileProblem(location)
  if (problem !== null) return { location, needed, state: 'refused', problem: `Not read: ${problem}.` }
  const size = sizeOf(externalFilePath(graphPath, location))
  if (size === null) {
    return {
      location,
      needed,
      state: 'missing',
      problem: `${location} is not beside the graph. Everything but its values is shown.`,
    }
  }
  if (size < needed) {
    return {
      location,
      needed,
      state: 'short',
      problem: `${location} is cut off: ${size} of at least ${needed} bytes are there.`,
    }
  }
  return { location, needed, state: 'there', problem: null }
}
