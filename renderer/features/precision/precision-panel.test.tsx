// @vitest-environment jsdom
import '../../testing/dom'
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StudioContext } from '../../studio/context'
import { createFakeStudio } from '../../testing/fake-studio'
import { PrecisionPanel } from './precision-panel'

function openNumbers(): void {
  const { studio } = createFakeStudio()
  render(
    <StudioContext.Provider value={studio}>
      <PrecisionPanel />
    </StudioContext.Provider>,
  )
  fireEvent.click(screen.getByRole('radio', { name: 'Numbers' }))
}

const typed = (text: string) =>
  fireEvent.change(screen.getByRole('textbox', { name: 'Number' }), { target: { value: text } })
const row = (format: string) => within(screen.getByRole('group', { name: format }))

describe('the Numbers page', () => {
  beforeEach(openNumbers)
  afterEach(cleanup)

  it('shows what every format stores of the number that is typed', () => {
    typed('65520')
    expect(row('FP16').getByRole('status').textContent).toBe('∞')
    expect(row('FP16').getByText('overflow')).toBeTruthy()
    expect(row('BF16').getByRole('status').textContent).toBe('65536')
    expect(row('FP32').getByRole('status').textContent).toBe('65520')
  })

  it('gives every format what a clicked bit makes of one', () => {
    typed('1')
    fireEvent.click(row('BF16').getByRole('button', { name: 'sign bit 15' }))
    expect(row('FP32').getByRole('status').textContent).toBe('−1')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Number' }).value).toBe('−1')
  })

  it('steps to the neighbours of a format', () => {
    typed('1')
    fireEvent.click(row('FP16').getByRole('button', { name: /^Next above/ }))
    expect(row('FP16').getByRole('status').textContent).toBe('1.00097656')
  })

  it('walks the bits by arrow keys with one stop for the Tab key', () => {
    const bits = within(row('INT4').getByRole('toolbar')).getAllByRole('button')
    expect(bits.filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1)
    bits[0]!.focus()
    fireEvent.keyDown(bits[0]!, { key: 'End' })
    expect(document.activeElement).toBe(bits.at(-1))
    expect(bits.at(-1)!.getAttribute('aria-label')).toBe('value bit 0')
  })

  it('says what it can read where something else was typed', () => {
    typed('one')
    expect(screen.getByRole('alert').textContent).toContain('Write 0.1')
  })
})
