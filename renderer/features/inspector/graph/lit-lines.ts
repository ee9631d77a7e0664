import type { PlacedGraph, PlacedLine } from './layout-group'

/** Lines that carry what goes into a box or comes out of it, through whatever groups they pass. */
export function linesOf(graph: PlacedGraph, id: string): ReadonlySet<PlacedLine> {
  const tensors = new Set<number>()
  for (const line of graph.lines) if (touches(line, id)) for (const tensor of line.tensors) tensors.add(tensor)
  // A group's inner lines share their tensors with the lines outside.
  return new Set(graph.lines.filter((line) => line.tensors.some((tensor) => tensors.has(tensor))))
}

function touches({ from, to }: PlacedLine, id: string): boolean {
  return from === id || to === id || from === `${id} in` || to === `${id} out`
}

/** Lines on any way from the model's inputs to a box, and from it to the outputs. */
export function waysThrough(graph: PlacedGraph, id: string): ReadonlySet<PlacedLine> {
  const back = index(graph.lines, ({ to }) => plain(to))
  const on = index(graph.lines, ({ from }) => plain(from))
  const lit = new Set<PlacedLine>()
  walk(id, back, ({ from }) => plain(from), lit)
  walk(id, on, ({ to }) => plain(to), lit)
  return lit
}

/** Both ends of a group stand for the group. */
function plain(end: string): string {
  return end.replace(/ (in|out)$/, '')
}

function index(
  lines: readonly PlacedLine[],
  endOf: (line: PlacedLine) => string,
): ReadonlyMap<string, readonly PlacedLine[]> {
  const found = new Map<string, PlacedLine[]>()
  for (const line of lines) {
    const key = endOf(line)
    const list = found.get(key)
    if (list === undefined) found.set(key, [line])
    else list.push(line)
  }
  return found
}

function walk(
  from: string,
  lines: ReadonlyMap<string, readonly PlacedLine[]>,
  otherEnd: (line: PlacedLine) => string,
  lit: Set<PlacedLine>,
): void {
  const seen = new Set([from])
  const waiting = [from]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const line of lines.get(at) ?? []) {
      lit.add(line)
      const next = otherEnd(line)
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(next)
    }
  }
}
