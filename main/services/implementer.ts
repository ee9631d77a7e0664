import { implement } from '@orpc/server'
import { studioContract } from '../../contract/studio'
import { toWireError } from './wire-errors'

/** What implements the contract's procedures: whatever they throw leaves as an error of the table. */
export function studioImplementer() {
  return implement(studioContract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw toWireError(error)
    }
  })
}

export type StudioImplementer = ReturnType<typeof studioImplementer>
