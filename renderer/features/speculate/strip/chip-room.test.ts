import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strategyNameSchema, strategySchema } from '../../../../contract/speculation'
import { mostStrategies } from '../model/strategies'
import { chipForm } from './chip-room'

const forms = ['list', 'names', 'full', 'roomy']
const some = fc.array(
  fc.constantFrom(...strategyNameSchema.options).map((name) => strategySchema.parse({ name })),
  { maxLength: mostStrategies },
)

describe('chips in so much room', () => {
  it('never say more where there is less room, nor with one more of them', () => {
    fc.assert(
      fc.property(some, fc.nat(1600), fc.nat(400), (strategies, room, more) => {
        const form = forms.indexOf(chipForm(strategies, room))
        expect(forms.indexOf(chipForm(strategies, room + more))).toBeGreaterThanOrEqual(form)
        expect(
          forms.indexOf(chipForm([...strategies, strategySchema.parse({ name: 'mtp' })], room)),
        ).toBeLessThanOrEqual(form)
      }),
    )
  })

  it('all fit by name in the smallest window where there are two, and in a list where there are four', () => {
    const [one, two, three, four] = (['lookup-mtp', 'mtp-parallel', 'early-exit', 'medusa'] as const).map((name) =>
      strategySchema.parse({ name }),
    )
    expect(chipForm([one!, two!], 460)).toBe('names')
    expect(chipForm([one!, two!, three!, four!], 460)).toBe('list')
    expect(chipForm([one!, two!, three!, four!], 1200)).toBe('roomy')
  })
})
