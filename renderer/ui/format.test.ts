import { expect, it } from 'vitest'
import {
  fileName,
  formatBytes,
  formatDay,
  formatDecimal,
  formatEta,
  formatSeconds,
  groupDigits,
  sentences,
  shortTitle,
} from './format'

it('groups digits with thin spaces', () => {
  expect(groupDigits(418205937)).toBe('418\u202f205\u202f937')
})

it('gives sizes and times with their unit', () => {
  expect([formatBytes(999), formatBytes(61e6), formatBytes(1.8e6), formatBytes(6.9e9)]).toEqual([
    '999 B',
    '61 MB',
    '1.8 MB',
    '6.9 GB',
  ])
  expect([formatSeconds(0.043), formatSeconds(0.2), formatSeconds(24.6), formatSeconds(112)]).toEqual([
    '43 ms',
    '0.20 s',
    '24.6 s',
    '1 min 52 s',
  ])
})

it('gives the time left as a range', () => {
  expect(formatEta({ low: 12.7, high: 15.2 })).toBe('13–16 s left')
  expect(formatEta({ low: 0.1, high: 0.4 })).toBe('about 1 s left')
  expect(formatEta({ low: 300, high: 350 })).toBe('5–6 min left')
})

it('writes decimals without trailing noise', () => {
  expect([formatDecimal(3), formatDecimal(0.1 + 0.2), formatDecimal(0.6254), formatDecimal(28, 0)]).toEqual([
    '3.0',
    '0.3',
    '0.625',
    '28',
  ])
})

it('names days by their distance', () => {
  const now = new Date(2026, 5, 10, 9).getTime()
  expect(formatDay(new Date(2026, 5, 10, 1).getTime(), now)).toBe('Today')
  expect(formatDay(new Date(2026, 5, 9, 23).getTime(), now)).toBe('Yesterday')
  expect(formatDay(new Date(2025, 1, 3).getTime(), now)).toBe('3 Feb 2025')
})

it('shortens a prompt at a word, and makes a file name of it', () => {
  expect(shortTitle('a hedgehog resting under a giant red toadstool, clay render', 30)).toBe(
    'a hedgehog resting under a…',
  )
  expect(fileName('Ünder a "Red" toadstool!', 7)).toBe('ünder-a-red-toadstool-7.png')
  expect(fileName('???', 7)).toBe('picture-7.png')
})

it('joins sentences whether they end with a full stop or not', () => {
  expect(sentences('A file is missing', 'Copy it again.', undefined)).toBe('A file is missing. Copy it again.')
})
