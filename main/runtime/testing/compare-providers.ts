// Runs one graph on WebGPU and on the CPU on the same inputs and prints how far apart the results are:
//   node compare-providers.cjs <graph>
// A process of its own: a WebGPU failure may abort the one it happens in.
import { elementCount, type Tensor } from '../../tensor/tensor'
import type { ValueInfo } from '../graph-session'
import { openGraph } from '../open-graph'
import { scrambled } from '../probe-check'

export interface Comparison {
  /** Largest difference by output, as a share of the output's largest value. */
  readonly differences: Readonly<Record<string, number>>
}

/** Sizes for the free dimensions of Stable Diffusion 3 graphs. */
function sizeOf(dimension: number | string): number {
  if (typeof dimension === 'number') return dimension
  if (dimension.startsWith('batch') || dimension === 'step') return 2
  if (dimension.startsWith('sample_')) return 32
  return dimension.startsWith('sequence') ? 12 : 4
}

function sampleInput({ dtype, shape }: ValueInfo): Tensor {
  const sizes = shape.map(sizeOf)
  const values = scrambled(elementCount(sizes), sizes.length)
  switch (dtype) {
    case 'float32':
      return { dtype, shape: sizes, data: values }
    case 'int64':
      return { dtype, shape: sizes, data: BigInt64Array.from(values, (_, index) => BigInt(1 + (index % 40))) }
    case 'int32':
      return { dtype, shape: sizes, data: Int32Array.from(values, (_, index) => 1 + (index % 40)) }
    default:
      throw new RangeError(`No sample for ${dtype}`)
  }
}

function difference(actual: Tensor | undefined, expected: Tensor | undefined): number {
  const [a, b] = [actual?.data as Float32Array, expected?.data as Float32Array]
  const scale = b.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  return b.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (a[index] ?? NaN))), 0) / scale
}

async function compare(path: string): Promise<Comparison> {
  const results = []
  for (const provider of ['webgpu', 'cpu'] as const) {
    const graph = await openGraph({ path, role: 'graph', provider })
    results.push(await graph.run(Object.fromEntries(graph.inputs.map((input) => [input.name, sampleInput(input)]))))
  }
  const [webgpu = {}, cpu = {}] = results
  return {
    differences: Object.fromEntries(Object.keys(cpu).map((name) => [name, difference(webgpu[name], cpu[name])])),
  }
}

compare(process.argv[2] ?? '').then(
  (comparison) => process.stdout.write(JSON.stringify(comparison), () => process.exit(0)),
  (error: unknown) => {
    process.stderr.write(String(error))
    process.exit(1)
  },
)
