import type { Profile } from '../../contract/inspection-measures'
import type { GraphTrace } from '../runtime/profile-graph'
import type { Graph } from './graph'
import { mapKernels, type Kernel } from './map-kernels'
import { spread } from './spread'

type Measured = Pick<Profile, 'total' | 'kernels' | 'nodes' | 'inserted' | 'mapped' | 'runs' | 'warmUp'>

interface KernelTimes extends Kernel {
  readonly provider: string
  /** Milliseconds of each run that counts. */
  readonly times: number[]
}

/** Kernels with their times, those of the first runs left out. */
function kernelTimes({ events }: GraphTrace, warmUp: number): KernelTimes[] {
  const kernels = new Map<string, KernelTimes>()
  for (const { node, index, operator, provider, milliseconds, run } of events) {
    if (run < warmUp) continue
    const key = `${index} ${node}`
    const known = kernels.get(key)
    if (known === undefined) kernels.set(key, { name: node, op: operator, index, provider, times: [milliseconds] })
    else known.times.push(milliseconds)
  }
  return [...kernels.values()]
}

/** Two kernels of one node as one: their times run by run. */
function added(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, run) => (a[run] ?? 0) + (b[run] ?? 0))
}

/**
 * What a trace says about the nodes of the graph as it was written.
 * @param optimised the graph that really ran, where it is at hand
 * @param macs multiply-adds by node; null where unknown
 */
export function readProfile(
  trace: GraphTrace,
  warmUp: number,
  { graph, optimised, macs }: { graph: Graph; optimised: Graph | null; macs: readonly (number | null)[] },
): Measured {
  const kernels = kernelTimes(trace, warmUp)
  const mapped = mapKernels(graph, optimised, kernels)
  const byNode = new Map<number, { kernel: KernelTimes; nodes: Set<number>; times: readonly number[] }>()
  const inserted: KernelTimes[] = []
  for (const kernel of kernels) {
    const nodes = mapped.get(kernel) ?? []
    if (nodes.length === 0) {
      inserted.push(kernel)
      continue
    }
    const main = nodes.reduce((best, node) => ((macs[node] ?? 0) > (macs[best] ?? 0) ? node : best))
    const known = byNode.get(main)
    if (known === undefined) byNode.set(main, { kernel, nodes: new Set(nodes), times: kernel.times })
    else {
      const longer = sumOf(kernel.times) > sumOf(known.times) ? kernel : known.kernel
      byNode.set(main, {
        kernel: longer,
        nodes: new Set([...known.nodes, ...nodes]),
        times: added(known.times, kernel.times),
      })
    }
  }
  const own = [...byNode].map(([node, { kernel, nodes, times }]) => ({ node, kernel, nodes, ...spread(times) }))
  const others = inserted.map((kernel) => ({ kernel, ...spread(kernel.times) }))
  const kernelSum = sumOf([...own, ...others].map(({ median }) => median))
  const share = (median: number): number => (kernelSum === 0 ? 0 : median / kernelSum)
  return {
    total: spread(trace.runs.slice(warmUp)),
    runs: Math.max(0, trace.runs.length - warmUp),
    warmUp,
    kernels: kernelSum,
    mapped: sumOf(own.map(({ median }) => share(median))),
    nodes: own.map(({ node, kernel, nodes, median, p95 }) => {
      const all = [...nodes].reduce<number | null>(
        (sum, other) => (sum === null || macs[other] === null ? null : sum + (macs[other] ?? 0)),
        0,
      )
      return {
        node,
        fused: [...nodes].filter((other) => other !== node),
        name: kernel.name,
        op: kernel.op,
        provider: kernel.provider,
        median,
        p95,
        share: share(median),
        macsPerSecond: all === null || all === 0 || median === 0 ? null : (1000 * all) / median,
      }
    }),
    inserted: others.map(({ kernel: { name, op, provider }, median, p95 }) => ({
      name,
      op,
      provider,
      median,
      p95,
      share: share(median),
    })),
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
