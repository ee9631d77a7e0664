import { describe, expect, it } from 'vitest'
import { withColour, withStyle, withSubject } from './compose-prompt'

const styles = ['noto', 'fluent 3d', 'flat']

describe('words put into a prompt', () => {
  it('adds a subject before background and style', () => {
    expect(withSubject('', 'a dog', styles)).toBe('a dog')
    expect(withSubject('a cat, noto', 'a dog', styles)).toBe('a cat and a dog, noto')
    expect(withSubject('a cat on a light blue background, noto', 'a dog', styles)).toBe(
      'a cat and a dog on a light blue background, noto',
    )
    expect(withSubject('a cat, a bee and a crab, noto', 'a dog', styles)).toBe(
      'a cat, a bee and a crab and a dog, noto',
    )
  })

  it('exchanges the colour of the background', () => {
    expect(withColour('a cat, noto', 'orange', styles)).toBe('a cat on an orange background, noto')
    expect(withColour('a cat on an orange background, noto', 'light blue', styles)).toBe(
      'a cat on a light blue background, noto',
    )
    expect(withColour('a cat on an orange background, noto', 'white', styles)).toBe('a cat, noto')
  })

  it('exchanges the style', () => {
    expect(withStyle('a cat', 'flat', styles)).toBe('a cat, flat')
    expect(withStyle('a cat, a bee and a crab, noto', 'flat', styles)).toBe('a cat, a bee and a crab, flat')
  })
})
