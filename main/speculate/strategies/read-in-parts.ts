/** Rows read at once: the head's output of that many rows is what a forward's memory comes to. */
const rowsAtOnce = 64

/** Calls `read` for consecutive ranges that cover 0 to `count`. */
export async function readInParts(
  count: number,
  read: (from: number, to: number) => Promise<void>,
  mayGoOn: () => boolean = () => true,
): Promise<void> {
  for (let from = 0; from < count && mayGoOn(); from += rowsAtOnce) await read(from, Math.min(count, from + rowsAtOnce))
}
