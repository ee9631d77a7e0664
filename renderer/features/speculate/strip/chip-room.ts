import type { Strategy } from '../../../../contract/speculation'
import { strategyDetail, strategyLabel } from '../model/strategies'

export type ChipForm = 'roomy' | 'full' | 'names' | 'list'

/** Pixels of a letter at 12 px, a little more than the font's mean. */
const letter = 6.7
const chipFrame = 46
const gap = 8
/** Plain decoding's chip, with and without what it says of itself, and the button that adds one. */
const plain = { roomy: 124, full: 52, names: 52 }
const addButton = 32

/** How strategies are shown in so much room: with all that they say, with their settings, by name alone, or as one button that opens their list. */
export function chipForm(strategies: readonly Strategy[], room: number): ChipForm {
  const fits = (form: Exclude<ChipForm, 'list'>): boolean => {
    const words = strategies.map((strategy) => {
      const detail = form !== 'names' ? gap + letter * strategyDetail(strategy).length : 0
      return chipFrame + letter * strategyLabel(strategy).length + detail
    })
    return words.reduce((sum, width) => sum + width + gap, plain[form] + gap + addButton) <= room
  }
  return (['roomy', 'full', 'names'] as const).find(fits) ?? 'list'
}
