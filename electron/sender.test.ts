import { expect, test } from 'vitest'
import { isTrustedSender } from './sender'

test('our page in the main frame is trusted', () => {
  expect(isTrustedSender({ url: 'studio://app/', parent: null })).toBe(true)
  expect(isTrustedSender({ url: 'studio://app/index.html#queue', parent: null })).toBe(true)
})

test('a frame inside a page is not', () => {
  expect(isTrustedSender({ url: 'studio://app/', parent: {} })).toBe(false)
})

test('a frame that is gone is not', () => {
  expect(isTrustedSender(null)).toBe(false)
  expect(isTrustedSender(undefined)).toBe(false)
})

test.each([
  'studio://asset/0123',
  'studio://app.example/',
  'studio://app:80/',
  'https://app/',
  'file:///app/index.html',
  'about:blank',
  'data:text/html,studio://app',
  '',
])('%s is not', (url) => {
  expect(isTrustedSender({ url, parent: null })).toBe(false)
})
