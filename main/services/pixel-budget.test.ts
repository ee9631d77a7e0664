import { describe, expect, it } from 'vitest'
import { PixelBudget } from './pixel-budget'

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a budget of pixels', () => {
  it('lets small pictures in side by side and makes large ones wait', async () => {
    const budget = new PixelBudget(100)
    const inside: string[] = []
    const enter = async (name: string, pixels: number) => {
      const giveBack = await budget.take(pixels)
      inside.push(name)
      return giveBack
    }
    const [small, other] = [await enter('small', 40), await enter('other', 40)]
    const large = enter('large', 90)
    const late = enter('late', 10)
    await settle()
    expect(inside).toEqual(['small', 'other'])
    small()
    await settle()
    expect(inside).toEqual(['small', 'other'])
    other()
    const giveBack = await large
    await late
    expect(inside).toEqual(['small', 'other', 'large', 'late'])
    giveBack()
  })

  it('lets in what is larger than all of it, alone', async () => {
    const budget = new PixelBudget(100)
    const giveBack = await budget.take(500)
    let isIn = false
    const next = budget.take(1).then(() => (isIn = true))
    await settle()
    expect(isIn).toBe(false)
    giveBack()
    await next
  })
})
