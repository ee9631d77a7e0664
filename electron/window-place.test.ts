import { expect, test } from 'vitest'
import { placeWindow } from './window-place'

const laptop = { x: 0, y: 25, width: 1600, height: 975 }
const monitor = { x: 1600, y: 0, width: 2560, height: 1440 }

test('the first window has the usual size in the middle of the primary screen', () => {
  expect(placeWindow(null, [laptop])).toEqual({ width: 1440, height: 900 })
})

test('the first window is no larger than a small screen, and no smaller than its minimum', () => {
  expect(placeWindow(null, [{ x: 0, y: 0, width: 1280, height: 600 }])).toEqual({ width: 1280, height: 640 })
})

test('a window comes back where it was', () => {
  const saved = { x: 1700, y: 100, width: 2000, height: 1200 }
  expect(placeWindow(saved, [laptop, monitor])).toEqual(saved)
})

test('a window on a screen that is gone comes back on the primary one', () => {
  expect(placeWindow({ x: 1700, y: 100, width: 2000, height: 1200 }, [laptop])).toEqual({ width: 1600, height: 975 })
})

test('a window whose title bar has left the screen is brought back', () => {
  const size = { width: 1000, height: 700 }
  expect(placeWindow({ x: 100, y: -300, ...size }, [laptop])).toEqual(size)
  expect(placeWindow({ x: 1550, y: 100, ...size }, [laptop])).toEqual(size)
  expect(placeWindow({ x: 100, y: 990, ...size }, [laptop])).toEqual(size)
})

test('a window may hang over an edge as long as it can be grabbed', () => {
  const saved = { x: -500, y: 300, width: 1000, height: 900 }
  expect(placeWindow(saved, [laptop])).toEqual(saved)
})

test('without any screen the system decides', () => {
  expect(placeWindow({ x: 5, y: 5, width: 1000, height: 700 }, [])).toEqual({ width: 1440, height: 900 })
})
