import { StudioError } from '../../contract/errors'

/** Which graph a native call was about. */
export interface GraphInHand {
  readonly role: string
  readonly path: string
  readonly provider: string
}

const outOfMemory = /failed to allocate memory|bad_alloc|out of memory|CUDA failure 2\b|E_OUTOFMEMORY|OutOfMemory/i
const deviceLost =
  /device (was )?(lost|removed|hung)|DXGI_ERROR_DEVICE|CUDNN_STATUS_NOT_INITIALIZED|CUDA failure (3|4|100|101|999)\b/i
const providerMissing =
  /failed to load (shared )?library|backend not found|failed to get a webgpu adapter|OrtSessionOptionsAppendExecutionProvider/i
const notWhole =
  /external data|GetExtDataFromTensorProto|protobuf parsing failed|does not have a graph|file doesn't exist|INVALID_PROTOBUF/i
const notKnown =
  /could not find an implementation|is not a registered (function|op)|no op registered|unsupported model IR version|opset|NOT_IMPLEMENTED/i

/** onnxruntime's own words, without the source paths in front of them. */
function nativeText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim()
}

/** Says in the studio's words what onnxruntime could not do. The native message stays as detail. */
export function translateNativeError(
  error: unknown,
  { role, path, provider }: GraphInHand,
  doing: 'load' | 'run',
): StudioError {
  if (error instanceof StudioError) return error
  const text = nativeText(error)
  const detail = `${path} on ${provider}: ${text}`
  const options = { cause: error }
  if (outOfMemory.test(text)) {
    return new StudioError(
      'OUT_OF_MEMORY',
      `There was not enough memory to ${doing} the ${role}`,
      { remedy: 'Draw a smaller picture or fewer at once, release other models, or choose a smaller model.', detail },
      options,
    )
  }
  if (deviceLost.test(text) || providerMissing.test(text)) {
    return new StudioError(
      'DEVICE_UNAVAILABLE',
      `The device "${provider}" cannot ${doing} the ${role}`,
      { field: 'device', remedy: 'Choose the CPU under Settings, Device, or restart the studio.', detail },
      options,
    )
  }
  if (doing === 'load' && notWhole.test(text)) {
    return new StudioError(
      'MODEL_BROKEN',
      `The ${role} cannot be read: ${path} is damaged or not whole`,
      { remedy: 'Download the model again, or copy its whole folder again.', detail },
      options,
    )
  }
  if (doing === 'load' && notKnown.test(text)) {
    return new StudioError(
      'MODEL_UNSUPPORTED',
      `The ${role} uses operations that the device "${provider}" does not have`,
      { remedy: 'Try another precision of this model, or another device.', detail },
      options,
    )
  }
  return new StudioError(
    doing === 'load' ? 'MODEL_BROKEN' : 'INTERNAL',
    `onnxruntime could not ${doing} the ${role}`,
    { remedy: 'Try another device. If it keeps happening, copy the details into a report.', detail },
    options,
  )
}
