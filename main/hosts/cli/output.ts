import pc from 'picocolors'
import { ORPCError } from '@orpc/client'
import { StudioError, toFailure, type ErrorCode, type ErrorData, type Failure } from '../../../contract/errors'

/** Whether colours suit this stream: a terminal, unless NO_COLOR or CI say otherwise. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  if (process.env['NO_COLOR'] !== undefined) return false
  if (process.env['FORCE_COLOR'] !== undefined) return true
  return stream.isTTY === true && process.env['CI'] === undefined
}

/** A failure out of whatever was thrown, errors that crossed the contract included. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StudioError) return toFailure(error)
  if (error instanceof ORPCError) {
    return { code: error.code as ErrorCode, message: error.message, ...(error.data as ErrorData | undefined) }
  }
  return toFailure(error)
}

/** Prints a failure for people, or as one JSON line for programs. */
export function printFailure(failure: Failure, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ event: 'error', ...failure })}\n`)
    return
  }
  const colours = pc.createColors(wantsColour(process.stderr))
  process.stderr.write(`${colours.red('Error')} ${failure.message}\n`)
  if (failure.remedy !== undefined) process.stderr.write(`${failure.remedy}\n`)
  process.stderr.write(colours.dim(`(${failure.code}${failure.field === undefined ? '' : `, ${failure.field}`})\n`))
}
