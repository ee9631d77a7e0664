// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import '../testing/dom'
import { RoundBars } from './round-bars'

afterEach(cleanup)

it('a run that has begun and has no round yet is drawn as nothing', () => {
  const context = { setTransform: vi.fn(), clearRect: vi.fn(), fillRect: vi.fn() }
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as never)
  const barAt = (): never => {
    throw new Error('There is no round')
  }
  render(<RoundBars count={0} barAt={barAt} span={1} tallest={1} width={100} height={20} tone="origin" />)
  expect(context.clearRect).toHaveBeenCalled()
  expect(context.fillRect).not.toHaveBeenCalled()
})
