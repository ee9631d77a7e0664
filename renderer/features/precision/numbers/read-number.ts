const constants: Readonly<Record<string, number>> = {
  pi: Math.PI,
  π: Math.PI,
  e: Math.E,
  inf: Infinity,
  infinity: Infinity,
  '∞': Infinity,
  nan: Number.NaN,
}

const decimal = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/

/** A number as a person writes it, without its sign. */
function readPart(text: string): number | null {
  const known = constants[text]
  if (known !== undefined) return known
  return decimal.test(text) ? Number(text) : null
}

function readSigned(text: string): number | null {
  const isNegative = text.startsWith('-')
  const value = readPart(isNegative || text.startsWith('+') ? text.slice(1) : text)
  if (value === null) return null
  return isNegative ? -value : value
}

/**
 * The number that a person typed: 0.1, 6.5e4, 65 504, -0, 1/3, 2^-24, pi, inf, nan. Null where it is none of these.
 * Spaces group digits; the long minus is a minus.
 */
export function readNumber(text: string): number | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll('−', '-')
    .replace(/[\s_\u202f]/g, '')
    .replace(/^([+-]?[\d.]+)[×*]10\^([+-]?\d+)$/, '$1e$2')
  if (plain === '') return null
  for (const [sign, combine] of operations) {
    const place = plain.indexOf(sign, 1)
    if (place === -1) continue
    const left = readSigned(plain.slice(0, place))
    const right = readSigned(plain.slice(place + 1))
    return left === null || right === null ? null : combine(left, right)
  }
  return readSigned(plain)
}

const operations: readonly (readonly [string, (left: number, right: number) => number])[] = [
  ['/', (left, right) => left / right],
  // -2^3 is minus the power, as in mathematics.
  ['^', (left, right) => (left < 0 || Object.is(left, -0) ? -((-left) ** right) : left ** right)],
]
