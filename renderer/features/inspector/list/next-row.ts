/** Where a key leads in a list of rows; null where it leads nowhere. `at` is -1 where no row is chosen. */
export function nextRow(key: string, at: number, count: number, page: number): number | null {
  if (count === 0) return null
  const places: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? count - 1 : at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  }
  const place = places[key]
  return place === undefined ? null : Math.max(0, Math.min(count - 1, place))
}
