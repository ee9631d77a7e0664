import { moves, type Cost, type NodeContext } from '../node-context'
import { product, sum } from '../sizes'

/** Reads and writes what comes out, whatever the size of what it is chosen from. */
export function picks(at: NodeContext, ...others: readonly number[]): Cost {
  const output = at.outputBytes()
  return { ...moves, bytesMoved: sum(product(2, output), ...others.map((input) => at.bytes(input))) }
}
