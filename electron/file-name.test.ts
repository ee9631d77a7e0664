import { expect, test } from 'vitest'
import { extensionFor, safeFileName } from './file-name'

test('a plain name gets its ending once', () => {
  expect(safeFileName('a red fox 42', '.png')).toBe('a red fox 42.png')
  expect(safeFileName('a red fox 42.PNG', '.png')).toBe('a red fox 42.png')
  expect(safeFileName('version 1.5', '.png')).toBe('version 1.5.png')
})

test('a name cannot leave its folder', () => {
  expect(safeFileName('../../etc/passwd', '.png')).toBe('passwd.png')
  expect(safeFileName('C:\\Windows\\win.ini', '.png')).toBe('win.ini.png')
  expect(safeFileName('..', '.png')).toBe('picture.png')
})

test('what a file system refuses becomes a space', () => {
  expect(safeFileName('what? "a <cat>"\n*', '.png')).toBe('what a cat.png')
})

test('long names are cut between characters', () => {
  expect(safeFileName('🦊'.repeat(300), '.png')).toBe(`${'🦊'.repeat(120)}.png`)
})

test('kinds that are unknown have no ending', () => {
  expect(extensionFor('image/webp')).toBe('.webp')
  expect(extensionFor('application/octet-stream')).toBe('')
  expect(extensionFor(null)).toBe('')
})
