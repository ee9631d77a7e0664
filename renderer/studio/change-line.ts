import type { Failure } from '../../contract/errors'

/** Puts a change at the end of the line. `onFailed` takes back what was shown before the core had answered. */
export type MakeChange = (doing: string, call: () => Promise<unknown>, onFailed?: () => void) => void

/** Changes reach the core in the order in which they were made: what is removed and at once brought back stays. */
export function createChangeLine(onError: (doing: string, error: unknown) => Failure | void): MakeChange {
  let line: Promise<void> = Promise.resolve()
  return (doing, call, onFailed = () => {}) => {
    line = line.then(async () => {
      try {
        await call()
      } catch (error) {
        onFailed()
        onError(doing, error)
      }
    })
  }
}
