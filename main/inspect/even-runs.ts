/** Some elements that follow each other. */
export interface Run {
  readonly start: number
  readonly length: number
}

/**
 * Which elements to look at: all of them in one run where there are at most `mostExact`; otherwise so many runs of a length, at equal
 * distances, the first at the beginning and the last at the end.
 */
export function evenRuns(
  elements: number,
  mostExact: number,
  { runs, length }: { readonly runs: number; readonly length: number },
): Run[] {
  if (elements <= mostExact) return [{ start: 0, length: elements }]
  return Array.from({ length: runs }, (_, run) => ({
    start: Math.round((run * (elements - length)) / (runs - 1)),
    length,
  }))
}
