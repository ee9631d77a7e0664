// The graph that devices are probed with, and what it gives when it is computed by hand. Run by scripts/make-probe.mjs.
import { float32 } from '../../tensor/tensor'
import { probeInput, probeRows, probeStride, probeWidth, scrambled } from '../probe-check'
import { writeGraph } from './write-graph'

const layers = 8

/** Weights that keep the size of what they multiply. */
function weights(): Float32Array {
  return scrambled(probeWidth * probeWidth, 1).map((value) => value * Math.sqrt(3 / probeWidth) * 1.5)
}

/** Matrix products with tanh between them and softmax at the end: enough work to tell a GPU from a software driver. */
export function writeProbeGraph(): Buffer {
  const shape = [probeRows, probeWidth]
  const products = Array.from({ length: layers }, (_, layer) => [
    { op: 'MatMul', inputs: [layer === 0 ? 'x' : `h${layer}`, 'weights'], outputs: [`m${layer}`] },
    { op: 'Tanh', inputs: [`m${layer}`], outputs: [`h${layer + 1}`] },
  ])
  return writeGraph({
    inputs: [{ name: 'x', dtype: 'float32', shape }],
    outputs: [{ name: 'y', dtype: 'float32', shape }],
    nodes: [...products.flat(), { op: 'Softmax', inputs: [`h${layers}`], outputs: ['y'], attributes: { axis: 1 } }],
    initializers: { weights: float32([probeWidth, probeWidth], weights()) },
  })
}

/** The sampled outputs, in double precision. */
export function computeProbe(): number[] {
  const matrix = weights()
  let rows = Float64Array.from(probeInput().data)
  for (let layer = 0; layer < layers; layer++) {
    const next = new Float64Array(rows.length)
    for (let row = 0; row < probeRows; row++) {
      for (let k = 0; k < probeWidth; k++) {
        const value = rows[row * probeWidth + k]!
        for (let column = 0; column < probeWidth; column++) {
          next[row * probeWidth + column]! += value * matrix[k * probeWidth + column]!
        }
      }
    }
    rows = next.map(Math.tanh)
  }
  const softmax = (index: number): number => {
    const row = rows.subarray(index - (index % probeWidth), index - (index % probeWidth) + probeWidth)
    return Math.exp(rows[index]!) / row.reduce((sum, value) => sum + Math.exp(value), 0)
  }
  return Array.from({ length: Math.ceil(rows.length / probeStride) }, (_, index) => softmax(index * probeStride))
}
