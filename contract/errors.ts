import * as z from 'zod'
import { messageIdSchema } from './ids'

/**
 * The closed table of everything that can go wrong, with the HTTP status each code maps to. A code says what a program
 * can do about it; the message and the remedy beside it are for people.
 */
export const errorStatus = {
  INVALID_INPUT: 400,
  UNAUTHORIZED: 401,
  MODEL_NOT_FOUND: 404,
  MODEL_BROKEN: 422,
  MODEL_UNSUPPORTED: 422,
  ASSET_NOT_FOUND: 404,
  IMAGE_NOT_FOUND: 404,
  RACE_NOT_FOUND: 404,
  COMPARISON_NOT_FOUND: 404,
  CONVERSATION_NOT_FOUND: 404,
  MESSAGE_NOT_FOUND: 404,
  DETECTION_NOT_FOUND: 404,
  INSPECTION_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  JOB_STATE: 409,
  PICTURE_TOO_LARGE: 413,
  TOO_MANY_PICTURES: 422,
  CONTEXT_FULL: 422,
  DEVICE_UNAVAILABLE: 503,
  OUT_OF_MEMORY: 507,
  NOT_FINITE: 500,
  DISK_FULL: 507,
  ENGINE_CRASHED: 503,
  CANCELLED: 499,
  INTERNAL: 500,
} as const

export type ErrorCode = keyof typeof errorStatus

export const errorCodes = Object.keys(errorStatus) as readonly ErrorCode[]

/** What travels beside an error's message: the field at fault, what to do, and detail worth copying into a report. */
export const errorDataSchema = z.object({
  /** Path of the input field at fault, such as `width` or `initImage.strength`. */
  field: z.string().optional(),
  /** One sentence that says what to do next. */
  remedy: z.string().optional(),
  /** Technical detail for a report: a path, a shape, a native message. */
  detail: z.string().optional(),
  /** Of CONTEXT_FULL: what was to be read, the most that can be, and messages that would make room if left out. */
  context: z
    .object({
      rows: z.number().int(),
      limit: z.number().int(),
      leaveOut: z.array(z.object({ messageId: messageIdSchema, rows: z.number().int() })),
    })
    .optional(),
})
export type ErrorData = z.infer<typeof errorDataSchema>

/** A failure as it is stored on a job and shown to people. */
export const failureSchema = errorDataSchema.extend({
  code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
})
export type Failure = z.infer<typeof failureSchema>

/** The only error class that crosses a room's border on purpose. Anything else is reported as `INTERNAL`. */
export class StudioError extends Error {
  readonly code: ErrorCode
  readonly data: ErrorData

  constructor(code: ErrorCode, message: string, data: ErrorData = {}, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'StudioError'
    this.code = code
    this.data = data
  }
}

/** Turns any thrown value into the record that jobs store and clients show. */
export function toFailure(error: unknown): Failure {
  if (error instanceof StudioError) return { code: error.code, message: error.message, ...error.data }
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? error.stack : undefined
  return {
    code: 'INTERNAL',
    message: `Something unexpected failed: ${message}`,
    remedy: 'Try again. If it keeps happening, copy the details into a report.',
    ...(stack === undefined ? {} : { detail: stack }),
  }
}

/** The way back: an error with a failure's code, message and data. */
export function fromFailure(failure: Failure): StudioError {
  const { code, message, ...data } = failure
  return new StudioError(code, message, data)
}
