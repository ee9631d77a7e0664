import type { Convolution } from '../../contract/inspection'
import type { Block, Guideline } from '../../contract/inspection-measures'
import { blockForms, type BlockForm, type BlockLayer } from './block-layers'

/** Channels and size of a tensor within a block. */
export interface Plane {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** The plane of every tensor of a block; kernels are padded so that only the stride makes planes smaller. */
export function planesOf(
  layers: readonly BlockLayer[],
  { inputChannels, height, width }: Convolution,
): Map<string, Plane> {
  const planes = new Map<string, Plane>([['x', { channels: inputChannels, height, width }]])
  const plane = (name: string): Plane => planes.get(name) ?? { channels: 0, height: 0, width: 0 }
  for (const layer of layers) {
    switch (layer.kind) {
      case 'convolution': {
        const from = plane(layer.from)
        const strided = (size: number): number => Math.ceil(size / layer.stride)
        planes.set(layer.to, {
          channels: layer.outputChannels,
          height: strided(from.height),
          width: strided(from.width),
        })
        break
      }
      case 'shuffle':
        planes.set(layer.to, plane(layer.from))
        break
      case 'split':
        for (const to of layer.to) planes.set(to, { ...plane(layer.from), channels: plane(layer.from).channels / 2 })
        break
      case 'concat':
        planes.set(layer.to, {
          ...plane(layer.from[0]),
          channels: plane(layer.from[0]).channels + plane(layer.from[1]).channels,
        })
        break
      case 'add':
        planes.set(layer.to, plane(layer.from[0]))
        break
    }
  }
  return planes
}

interface LayerCount {
  readonly parameters: number
  readonly macs: number
  readonly moved: number
  /** Whether it moves much and computes little: everything but dense and grouped products. */
  readonly elementwise: boolean
}

function countLayer(layer: BlockLayer, planes: ReadonlyMap<string, Plane>): LayerCount {
  const size = (name: string): number => {
    const plane = planes.get(name)
    return plane === undefined ? 0 : plane.channels * plane.height * plane.width
  }
  const names = (side: string | readonly string[]): readonly string[] => (typeof side === 'string' ? [side] : side)
  const through = [...names(layer.from), ...names(layer.to)].reduce((sum, name) => sum + size(name), 0)
  if (layer.kind !== 'convolution') return { parameters: 0, macs: 0, moved: through, elementwise: true }
  const perOutput = (layer.kernel ** 2 * layer.inputChannels) / layer.groups
  const parameters = perOutput * layer.outputChannels
  const isDepthwise = layer.groups > 1 && layer.groups === layer.inputChannels
  return { parameters, macs: perOutput * size(layer.to), moved: through + parameters, elementwise: isDepthwise }
}

function countForm(form: BlockForm, convolution: Convolution): Block {
  const planes = planesOf(form.layers, convolution)
  const counts = form.layers.map((layer) => countLayer(layer, planes))
  const sum = (of: (count: LayerCount) => number): number => counts.reduce((total, count) => total + of(count), 0)
  const moved = sum((count) => count.moved)
  return {
    name: form.name,
    description: form.description,
    refused: form.refused,
    parameters: sum(({ parameters }) => parameters),
    macs: sum(({ macs }) => macs),
    elementsMoved: moved,
    elementwiseShare: moved === 0 ? 0 : sum((count) => (count.elementwise ? count.moved : 0)) / moved,
  }
}

/** Exact counts of every form of a convolution, the plain one first. */
export function countBlocks(convolution: Convolution): Block[] {
  return blockForms(convolution).map((form) => countForm(form, convolution))
}

/** Ratio of a 1 x 1's channels above which G1 speaks, groups for G2, parts for G3, element-wise share for G4. */
const limits = { ratio: 2, groups: 1, parts: 3, elementwise: 0.2 }

/** Which of the ShuffleNetV2 guidelines a form goes against (Ma et al. 2018, section 3), with its own numbers. */
export function guidelinesOf(form: BlockForm, block: Block): Guideline[] {
  const found: Guideline[] = []
  const convolutions = form.layers.filter((layer) => layer.kind === 'convolution')
  const uneven = convolutions
    .filter(({ kernel }) => kernel === 1)
    .map(({ inputChannels: a, outputChannels: b }) => ({ a, b, ratio: Math.max(a, b) / Math.min(a, b) }))
    .sort((one, other) => other.ratio - one.ratio)[0]
  if (uneven !== undefined && uneven.ratio > limits.ratio) {
    const sentence = `Its 1 x 1 from ${uneven.a} to ${uneven.b} channels moves more for its multiply-adds than one of equal widths.`
    found.push({ name: 'G1', sentence })
  }
  const groups = Math.max(
    1,
    ...convolutions.filter((layer) => layer.groups < layer.inputChannels).map((layer) => layer.groups),
  )
  if (groups > limits.groups) {
    found.push({
      name: 'G2',
      sentence: `${groups} groups read the same planes for a ${groups}th of the multiply-adds.`,
    })
  }
  if (form.layers.length >= limits.parts) {
    found.push({
      name: 'G3',
      sentence: `It is ${form.layers.length} operators in place of one: each has to be started, and small ones fill no machine.`,
    })
  }
  if (block.elementwiseShare > limits.elementwise) {
    const share = Math.round(100 * block.elementwiseShare)
    found.push({
      name: 'G4',
      sentence: `${share} % of what it moves is moved by operators that hardly compute: depthwise, add, concat, shuffle.`,
    })
  }
  return found
}
