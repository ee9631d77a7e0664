/**
 * Names of classes in the order of their numbers, from any of the forms in which YOLOs have them: one a line; a "names:" list or table
 * of a YAML file; a Python dict, as exporters write it into a graph.
 */
export function readClassNames(text: string): readonly string[] {
  const yaml = /^names:[ \t]*(?<rest>.*(?:\r?\n[ \t-].*)*)/mu.exec(text)?.groups?.['rest']
  if (yaml !== undefined) return fromYaml(yaml)
  if (/^\s*[[{]/u.test(text)) return fromList(text)
  return text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function fromYaml(rest: string): readonly string[] {
  if (/^[[{]/u.test(rest.trim())) return fromList(rest)
  const lines = rest.split(/\r?\n/u).filter((line) => line.trim() !== '')
  return numbered(
    lines.flatMap((line, place): [number, string][] => {
      const groups = /^\s*(?:-|(?<number>\d+)\s*:)\s*(?<name>.+?)\s*$/u.exec(line)?.groups
      return groups === undefined ? [] : [[Number(groups['number'] ?? place), unquoted(groups['name'] ?? '')]]
    }),
  )
}

/** "['a', 'b']" or "{0: 'a', 1: 'b'}". */
function fromList(text: string): readonly string[] {
  const pattern =
    /(?:(?<number>\d+)\s*:\s*)?(?:'(?<single>(?:\\.|[^'\\])*)'|"(?<double>(?:\\.|[^"\\])*)"|(?<bare>[^\s,'"[\]{}:][^,[\]{}:]*))/gu
  return numbered(
    Array.from(text.matchAll(pattern), ({ groups = {} }, place): [number, string] => {
      const name = groups['single'] ?? groups['double'] ?? groups['bare'] ?? ''
      return [Number(groups['number'] ?? place), name.replace(/\\(.)/gu, '$1').trim()]
    }),
  )
}

function unquoted(name: string): string {
  return /^(['"]).*\1$/u.test(name) ? name.slice(1, -1) : name
}

/** Numbers that were left out have their number for a name. */
function numbered(entries: readonly (readonly [number, string])[]): readonly string[] {
  const names = new Map(entries)
  const last = Math.max(-1, ...names.keys())
  // Thousands of classes are known; more is a damaged file.
  return Array.from({ length: Math.min(last + 1, 100_000) }, (_, id) => names.get(id) ?? `class ${id}`)
}
