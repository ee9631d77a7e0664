import { ORPCError } from '@orpc/client'
import { errorCodes, errorDataSchema, toFailure, type ErrorCode, type Failure } from '../../contract/errors'

/** Any error of a call as the record that is shown to people. */
export function failureOf(error: unknown): Failure {
  if (isCallError(error)) {
    const data = errorDataSchema.safeParse(error.data)
    const code = (errorCodes as readonly string[]).includes(error.code) ? (error.code as ErrorCode) : 'INTERNAL'
    return { code, message: error.message, ...(data.success ? data.data : {}) }
  }
  if (isLostConnection(error)) {
    return {
      code: 'ENGINE_CRASHED',
      message: 'The connection to the studio core was lost',
      remedy: 'Try once more when it is back.',
      detail: String(error),
    }
  }
  return toFailure(error)
}

function isCallError(error: unknown): error is ORPCError<string, unknown> {
  return error instanceof ORPCError
}

/** A call that was given up because its socket or port closed, rather than because it failed. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'AbortError' || /not open|closed|does not answer|aborted/i.test(error.message)
}
