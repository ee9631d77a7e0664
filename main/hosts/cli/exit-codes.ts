import type { ErrorCode } from '../../../contract/errors'

/** What the command's exit status says to scripts. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  badInput: 2,
  model: 3,
  device: 4,
  disk: 5,
  /** 128 + SIGINT, as shells expect. */
  cancelled: 130,
} as const

export function exitCodeFor(code: ErrorCode): number {
  switch (code) {
    case 'INVALID_INPUT':
    case 'ASSET_NOT_FOUND':
    case 'IMAGE_NOT_FOUND':
    case 'RACE_NOT_FOUND':
    case 'COMPARISON_NOT_FOUND':
    case 'INSPECTION_NOT_FOUND':
    case 'DETECTION_NOT_FOUND':
    case 'JOB_NOT_FOUND':
    case 'CONVERSATION_NOT_FOUND':
    case 'MESSAGE_NOT_FOUND':
    case 'PICTURE_TOO_LARGE':
    case 'TOO_MANY_PICTURES':
    case 'CONTEXT_FULL':
      return exitCodes.badInput
    case 'MODEL_NOT_FOUND':
    case 'MODEL_BROKEN':
    case 'MODEL_UNSUPPORTED':
      return exitCodes.model
    case 'DEVICE_UNAVAILABLE':
    case 'OUT_OF_MEMORY':
      return exitCodes.device
    case 'DISK_FULL':
      return exitCodes.disk
    case 'CANCELLED':
      return exitCodes.cancelled
    case 'UNAUTHORIZED':
    case 'JOB_STATE':
    case 'NOT_FINITE':
    case 'ENGINE_CRASHED':
    case 'INTERNAL':
      return exitCodes.failed
  }
}
