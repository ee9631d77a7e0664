// The forms that a convolution can take, each as its layers: what is counted is what is run.
import type { Convolution } from '../../contract/inspection'
import type { BlockName } from '../../contract/inspection-measures'

/** One operator of a block. Every tensor is [1, channels, height, width] at its own size. */
export type BlockLayer =
  | {
      readonly kind: 'convolution'
      readonly from: string
      readonly to: string
      readonly kernel: number
      readonly inputChannels: number
      readonly outputChannels: number
      readonly groups: number
      readonly stride: number
    }
  /** Channels of all groups mixed: [g, c/g] read as [c/g, g]. */
  | { readonly kind: 'shuffle'; readonly from: string; readonly to: string; readonly groups: number }
  /** The first half of the channels, and the second. */
  | { readonly kind: 'split'; readonly from: string; readonly to: readonly [string, string] }
  | { readonly kind: 'concat' | 'add'; readonly from: readonly [string, string]; readonly to: string }

export interface BlockForm {
  readonly name: BlockName
  readonly description: string
  /** From `x` to `y`; empty where the form was refused. */
  readonly layers: readonly BlockLayer[]
  readonly refused: string | null
}

/** Channels between the two 1 x 1 of a bottleneck, as a share of the input's. */
const bottleneckShare = 1 / 4
/** Channels that a fire module squeezes to, as a share of the input's. */
const squeezeShare = 1 / 8
/** How much wider an inverted residual is inside. */
const expansion = 6
/** Kernel of the cheap half of a ghost module. */
const cheapKernel = 3
const usualGroups = 4

function conv(
  from: string,
  to: string,
  kernel: number,
  inputChannels: number,
  outputChannels: number,
  rest: { groups?: number; stride?: number } = {},
): BlockLayer {
  return {
    kind: 'convolution',
    from,
    to,
    kernel,
    inputChannels,
    outputChannels,
    groups: rest.groups ?? 1,
    stride: rest.stride ?? 1,
  }
}

const form = (name: BlockName, description: string, layers: readonly BlockLayer[]): BlockForm => ({
  name,
  description,
  layers,
  refused: null,
})
const refusedForm = (name: BlockName, refused: string): BlockForm => ({
  name,
  description: refused,
  layers: [],
  refused,
})
const by = (kernel: number): string => `${kernel} x ${kernel}`

function standard({ kernel, inputChannels, outputChannels, stride }: Convolution): BlockForm {
  return form('standard', `${by(kernel)}, ${inputChannels} to ${outputChannels}`, [
    conv('x', 'y', kernel, inputChannels, outputChannels, { stride }),
  ])
}

function bottleneck({ kernel, inputChannels, outputChannels, stride }: Convolution): BlockForm {
  const inner = Math.max(1, Math.round(inputChannels * bottleneckShare))
  return form('bottleneck', `1 x 1 to ${inner}, ${by(kernel)}, 1 x 1 to ${outputChannels}`, [
    conv('x', 'a', 1, inputChannels, inner),
    conv('a', 'b', kernel, inner, inner, { stride }),
    conv('b', 'y', 1, inner, outputChannels),
  ])
}

/** The convolution's own groups; four where it has none. */
function groupedShuffle({ kernel, inputChannels, outputChannels, stride, groups: own }: Convolution): BlockForm {
  const groups = own > 1 && own < inputChannels ? own : usualGroups
  if (inputChannels % groups !== 0 || outputChannels % groups !== 0) {
    return refusedForm(
      'grouped-shuffle',
      `${groups} groups do not divide ${inputChannels} and ${outputChannels} channels`,
    )
  }
  return form('grouped-shuffle', `${by(kernel)} in ${groups} groups, shuffled`, [
    conv('x', 'a', kernel, inputChannels, outputChannels, { groups, stride }),
    { kind: 'shuffle', from: 'a', to: 'y', groups },
  ])
}

function depthwiseSeparable({ kernel, inputChannels, outputChannels, stride }: Convolution): BlockForm {
  return form('depthwise-separable', `${by(kernel)} depthwise, 1 x 1 to ${outputChannels}`, [
    conv('x', 'a', kernel, inputChannels, inputChannels, { groups: inputChannels, stride }),
    conv('a', 'y', 1, inputChannels, outputChannels),
  ])
}

function fire({ kernel, inputChannels, outputChannels, stride }: Convolution): BlockForm {
  if (outputChannels < 2) return refusedForm('fire', 'One channel cannot be expanded in two ways')
  const squeeze = Math.max(1, Math.round(inputChannels * squeezeShare))
  const pointwise = Math.floor(outputChannels / 2)
  const spatial = outputChannels - pointwise
  return form('fire', `1 x 1 to ${squeeze}, then 1 x 1 to ${pointwise} beside ${by(kernel)} to ${spatial}`, [
    conv('x', 'a', 1, inputChannels, squeeze),
    conv('a', 'b', 1, squeeze, pointwise, { stride }),
    conv('a', 'c', kernel, squeeze, spatial, { stride }),
    { kind: 'concat', from: ['b', 'c'], to: 'y' },
  ])
}

function invertedResidual({ kernel, inputChannels, outputChannels, stride }: Convolution): BlockForm {
  const inner = inputChannels * expansion
  const isResidual = stride === 1 && inputChannels === outputChannels
  return form(
    'inverted-residual',
    `1 x 1 to ${inner}, ${by(kernel)} depthwise, 1 x 1 to ${outputChannels}${isResidual ? ', added' : ''}`,
    [
      conv('x', 'a', 1, inputChannels, inner),
      conv('a', 'b', kernel, inner, inner, { groups: inner, stride }),
      conv('b', isResidual ? 'c' : 'y', 1, inner, outputChannels),
      ...(isResidual ? [{ kind: 'add', from: ['x', 'c'], to: 'y' } as const] : []),
    ],
  )
}

function ghost({ kernel, inputChannels, outputChannels, stride }: Convolution): BlockForm {
  if (outputChannels % 2 !== 0) return refusedForm('ghost', `${outputChannels} channels have no half`)
  const half = outputChannels / 2
  return form('ghost', `${by(kernel)} to ${half}, ${by(cheapKernel)} depthwise for the other half`, [
    conv('x', 'a', kernel, inputChannels, half, { stride }),
    conv('a', 'b', cheapKernel, half, half, { groups: half }),
    { kind: 'concat', from: ['a', 'b'], to: 'y' },
  ])
}

function shuffleNetV2({ kernel, inputChannels, outputChannels, stride }: Convolution): BlockForm {
  if (outputChannels % 2 !== 0) return refusedForm('shufflenet-v2', `${outputChannels} channels have no half`)
  const half = outputChannels / 2
  if (stride > 1) {
    return form(
      'shufflenet-v2',
      `${by(kernel)} depthwise and 1 x 1 beside 1 x 1, ${by(kernel)} depthwise, 1 x 1; shuffled`,
      [
        conv('x', 'a', kernel, inputChannels, inputChannels, { groups: inputChannels, stride }),
        conv('a', 'b', 1, inputChannels, half),
        conv('x', 'c', 1, inputChannels, half),
        conv('c', 'd', kernel, half, half, { groups: half, stride }),
        conv('d', 'e', 1, half, half),
        { kind: 'concat', from: ['b', 'e'], to: 'f' },
        { kind: 'shuffle', from: 'f', to: 'y', groups: 2 },
      ],
    )
  }
  if (inputChannels !== outputChannels)
    return refusedForm('shufflenet-v2', 'At stride 1 it keeps the number of channels')
  return form('shufflenet-v2', `half of the channels through 1 x 1, ${by(kernel)} depthwise, 1 x 1; shuffled`, [
    { kind: 'split', from: 'x', to: ['a', 'b'] },
    conv('b', 'c', 1, half, half),
    conv('c', 'd', kernel, half, half, { groups: half }),
    conv('d', 'e', 1, half, half),
    { kind: 'concat', from: ['a', 'e'], to: 'f' },
    { kind: 'shuffle', from: 'f', to: 'y', groups: 2 },
  ])
}

/** All forms, the plain one first. */
export function blockForms(convolution: Convolution): BlockForm[] {
  return [standard, bottleneck, groupedShuffle, depthwiseSeparable, fire, invertedResidual, ghost, shuffleNetV2].map(
    (make) => make(convolution),
  )
}
