import { StudioError } from '../../contract/errors'

/** A failed write as an error of ours. `what` is what could not be kept, such as "The picture". */
export function translateDiskError(error: unknown, what: string): StudioError {
  if (error instanceof StudioError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT' || /database or disk is full/i.test(message)) {
    return new StudioError(
      'DISK_FULL',
      `${what} could not be saved: the disk is full`,
      { remedy: 'Free some space and try again. Everything saved so far is safe.', detail: message },
      { cause: error },
    )
  }
  return new StudioError(
    'INTERNAL',
    `${what} could not be saved`,
    { remedy: 'Check that the data folder can be written to, then try again.', detail: message },
    { cause: error },
  )
}
