import { StudioError } from '../../contract/errors'
import { float16To32 } from '../tensor/float16'
import { isFiniteArray, type Tensor } from '../tensor/tensor'

export interface FloatOutput {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/**
 * An output of a network as 32-bit numbers.
 * @throws StudioError NOT_FINITE, MODEL_UNSUPPORTED where it holds no numbers of that kind or is not there
 */
export function floatOutput(outputs: Readonly<Record<string, Tensor>>, name: string): FloatOutput {
  const output = outputs[name]
  if (output === undefined) throw new StudioError('MODEL_UNSUPPORTED', `The network gave no ${name}`)
  const data = floats(output)
  if (data === null) throw new StudioError('MODEL_UNSUPPORTED', `The network’s ${name} is of type ${output.dtype}`)
  if (!isFiniteArray(data)) {
    throw new StudioError('NOT_FINITE', `The network’s ${name} has values that are not numbers`, {
      remedy: 'Use another precision of this model, or run it on the CPU.',
    })
  }
  return { shape: output.shape, data }
}

function floats({ dtype, data }: Tensor): Float32Array | null {
  if (dtype === 'float32') return data as Float32Array
  return dtype === 'float16' ? float16To32(data as Uint16Array) : null
}
