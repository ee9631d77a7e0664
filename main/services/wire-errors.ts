import { ORPCError, ValidationError } from '@orpc/server'
import { errorStatus, toFailure, type ErrorCode, type ErrorData } from '../../contract/errors'

function wireError(code: ErrorCode, message: string, data: ErrorData, cause: unknown): ORPCError<ErrorCode, ErrorData> {
  return new ORPCError(code, { status: errorStatus[code], message, data, defined: true, cause })
}

/** The first fault that a schema found, as a sentence that names the field. */
function fromIssues(error: ValidationError): { message: string; data: ErrorData } {
  const [issue] = error.issues
  const field = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  const message = issue?.message ?? 'The request does not have the right form'
  return {
    message: field === '' ? message : `${field}: ${message}`,
    data: {
      ...(field === '' ? {} : { field }),
      remedy: field === '' ? 'Correct the request and send it again.' : `Change ${field} and try again.`,
    },
  }
}

/** Every error that leaves the studio: one of the closed table, with a message, and the field and remedy as data. */
export function toWireError(error: unknown): ORPCError<ErrorCode, ErrorData> {
  if (error instanceof ORPCError) {
    const cause: unknown = error.cause
    if (error.code === 'BAD_REQUEST' && cause instanceof ValidationError) {
      const { message, data } = fromIssues(cause)
      return wireError('INVALID_INPUT', message, data, error)
    }
    if (error.code in errorStatus) return error as ORPCError<ErrorCode, ErrorData>
  }
  const { code, message, ...data } = toFailure(error)
  return wireError(code, message, data, error)
}
