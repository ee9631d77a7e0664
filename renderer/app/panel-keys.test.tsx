// @vitest-environment jsdom
import '../testing/dom'
import { fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeApps, openApp } from '../testing/open-app'

beforeEach(() => localStorage.clear())
afterEach(closeApps)

const press = () => void fireEvent.keyDown(window, { key: 'Enter', code: 'Enter', ctrlKey: true })
const drawn = (calls: readonly string[]) => calls.filter((name) => name === 'images.generate').length

describe('Ctrl+Enter', () => {
  it('draws in the Image panel, and never from the Speculate panel', async () => {
    const { core } = await openApp({ secondsPerStep: 5 })
    fireEvent.change(screen.getByRole('textbox', { name: 'Prompt' }), { target: { value: 'a cat' } })
    press()
    await expect.poll(() => drawn(core.calls)).toBe(1)
    fireEvent.click(screen.getByRole('link', { name: 'Speculate' }))
    press()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(drawn(core.calls)).toBe(1)
    expect(screen.getByRole('link', { name: 'Speculate' }).getAttribute('aria-current')).toBe('page')
  })
})
