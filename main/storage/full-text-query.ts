/** Words as a full-text query: each as a prefix, all of them needed. Quotes keep operators from meaning anything. */
export function fullTextQuery(search: string): string {
  const words = search.match(/[\p{L}\p{N}]+/gu) ?? []
  return words.map((word) => `"${word}"*`).join(' ')
}
