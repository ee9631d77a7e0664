import type { Convolution } from '../../contract/inspection'
import type { BlockForm, BlockLayer } from './block-layers'
import { planesOf, type Plane } from './count-blocks'
import { writeMeasuredGraph, type MeasuredGraph, type MeasuredNode } from './write-graph'

const shapeOf = ({ channels, height, width }: Plane): number[] => [1, channels, height, width]

interface Written {
  readonly nodes: MeasuredNode[]
  readonly weights: Record<string, readonly number[]>
  readonly rows: Record<string, readonly number[]>
}

function writeLayer(layer: BlockLayer, planes: ReadonlyMap<string, Plane>, { nodes, weights, rows }: Written): void {
  switch (layer.kind) {
    case 'convolution': {
      const { from, to, kernel, inputChannels, outputChannels, groups, stride } = layer
      const before = Math.floor((kernel - 1) / 2)
      const after = kernel - 1 - before
      weights[`${to}.weight`] = [outputChannels, inputChannels / groups, kernel, kernel]
      const attributes = {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [before, before, after, after],
        group: groups,
      }
      nodes.push({ op: 'Conv', inputs: [from, `${to}.weight`], outputs: [to], attributes })
      return
    }
    case 'shuffle': {
      const { channels, height, width } = planes.get(layer.from)!
      rows[`${layer.to}.grouped`] = [1, layer.groups, channels / layer.groups, height, width]
      rows[`${layer.to}.flat`] = [1, channels, height, width]
      nodes.push(
        { op: 'Reshape', inputs: [layer.from, `${layer.to}.grouped`], outputs: [`${layer.to}.a`] },
        {
          op: 'Transpose',
          inputs: [`${layer.to}.a`],
          outputs: [`${layer.to}.b`],
          attributes: { perm: [0, 2, 1, 3, 4] },
        },
        { op: 'Reshape', inputs: [`${layer.to}.b`, `${layer.to}.flat`], outputs: [layer.to] },
      )
      return
    }
    case 'split':
      nodes.push({ op: 'Split', inputs: [layer.from], outputs: layer.to, attributes: { axis: 1 } })
      return
    case 'concat':
      nodes.push({ op: 'Concat', inputs: layer.from, outputs: [layer.to], attributes: { axis: 1 } })
      return
    case 'add':
      nodes.push({ op: 'Add', inputs: layer.from, outputs: [layer.to] })
      return
  }
}

/** A block as a graph from `x` to `y`, without biases. */
function blockGraph({ layers }: BlockForm, convolution: Convolution): MeasuredGraph {
  const planes = planesOf(layers, convolution)
  const written: Written = { nodes: [], weights: {}, rows: {} }
  for (const layer of layers) writeLayer(layer, planes, written)
  return { ...written, inputs: { x: shapeOf(planes.get('x')!) }, outputs: { y: shapeOf(planes.get('y')!) } }
}

export function writeBlock(form: BlockForm, convolution: Convolution): Uint8Array {
  return writeMeasuredGraph(blockGraph(form, convolution))
}
