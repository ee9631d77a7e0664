import { expect, test } from 'vitest'
import { restartDelay } from './restart-policy'

test('each crash within a minute waits four times as long as the one before', () => {
  expect(restartDelay([1000], 1000)).toBe(250)
  expect(restartDelay([1000, 2000], 2000)).toBe(1000)
  expect(restartDelay([1000, 2000, 3000], 3000)).toBe(4000)
})

test('the fourth crash within a minute is the last', () => {
  expect(restartDelay([1000, 2000, 3000, 9000], 9000)).toBeNull()
})

test('crashes of more than a minute ago are forgotten', () => {
  expect(restartDelay([1000, 2000, 3000, 70_000], 70_000)).toBe(250)
})
