/** Text as a LIKE pattern that finds it anywhere; to be used with ESCAPE '\'. */
export function containing(search: string): string {
  return `%${search.replace(/[\\%_]/g, (character) => `\\${character}`)}%`
}
