import { describe, expect, it } from 'vitest'
import { colouredCode } from './code-colours'

describe('coloured code', () => {
  it('tells keywords, strings, numbers and comments apart, and loses no character', async () => {
    const code = 'def twice(x):\n    # doubles\n    return x * 2 + len("two")'
    const lines = (await colouredCode(code, 'python'))!
    expect(lines.map((line) => line.map(({ text }) => text).join('')).join('\n')).toBe(code)
    const colourOf = (part: string) => lines.flat().find(({ text }) => text.includes(part))?.colour
    expect(colourOf('return')).toBe('var(--code-token-keyword)')
    expect(colourOf('doubles')).toBe('var(--code-token-comment)')
    expect(colourOf('two')).toMatch(/^var\(--code-token-string/)
    expect(colourOf('2')).toBe('var(--code-token-constant)')
  })

  it('knows a language by the names that models write', { timeout: 60_000 }, async () => {
    for (const name of ['js', 'TypeScript', 'c++', 'sh', 'yml', 'rs', 'json', 'html', 'css', 'go', 'java', 'sql'])
      expect(await colouredCode('1', name), name).not.toBeNull()
  })

  it('leaves strange languages and very long code in one colour', async () => {
    expect(await colouredCode('x', 'brainfuck')).toBeNull()
    expect(await colouredCode('x'.repeat(60_000), 'python')).toBeNull()
  })
})
