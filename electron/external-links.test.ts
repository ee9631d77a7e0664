import { expect, test } from 'vitest'
import { externalLink } from './external-links'

test('https addresses of known sites may be opened', () => {
  expect(externalLink('https://huggingface.co/stabilityai')).toBe('https://huggingface.co/stabilityai')
})

test.each([
  'http://huggingface.co/',
  'https://huggingface.co.evil.example/',
  'https://huggingface.co@evil.example/',
  'https://me:secret@huggingface.co/',
  'https://huggingface.co:8443/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'studio://app/',
  'not an address',
])('%s may not', (url) => {
  expect(externalLink(url)).toBeNull()
})
