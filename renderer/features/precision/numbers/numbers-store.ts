import { createStore, type StoreApi } from 'zustand/vanilla'
import { decode, inspectCode, inspectNumber, type InspectedNumber } from '../../../../contract/number-format-codes'
import type { OverflowRule, Scaling } from '../../../../contract/number-format-rounding'
import { numberFormats, type FormatName } from '../../../../contract/number-formats'
import { formatNumber } from './format-number'
import { readNumber } from './read-number'

export interface NumbersState {
  /** What stands in the field. */
  readonly text: string
  /** The number that every format is given: the last one that could be read. */
  readonly given: number
  /** The code whose bits were clicked: shown as it is, which matters for NaN, whose codes are many. */
  readonly clicked: { readonly format: FormatName; readonly code: bigint } | null
  readonly overflow: OverflowRule
  /** Of the whole-number formats: value = scale × (code − zero point). */
  readonly scaling: Scaling
  /** Octaves that the number line shows around the number. */
  readonly octaves: number
}
export type NumbersStore = StoreApi<NumbersState>

export function createNumbersStore(): NumbersStore {
  return createStore<NumbersState>(() => ({
    text: '0.1',
    given: 0.1,
    clicked: null,
    overflow: 'infinity',
    scaling: { scale: 1 / 64, zeroPoint: 0 },
    octaves: 8,
  }))
}

/** Takes what was typed; the formats keep the last number that could be read. */
export function typeNumber(store: NumbersStore, text: string): void {
  const given = readNumber(text)
  store.setState(given === null ? { text } : { text, given, clicked: null })
}

/** Gives every format this number, such as a neighbour or a preset. */
export function giveNumber(store: NumbersStore, given: number): void {
  store.setState({ given, text: formatNumber(given, 17), clicked: null })
}

/** Turns one bit of a format's code over; what it stands for then is given to all the others. Bit 0 is the lowest. */
export function flipBit(store: NumbersStore, format: FormatName, bit: number): void {
  const state = store.getState()
  const code = inspected(state, format).code ^ (1n << BigInt(bit))
  giveNumber(store, decode(numberFormats[format], code, state.scaling))
  store.setState({ clicked: { format, code } })
}

/** What a format makes of the number. */
export function inspected(state: NumbersState, format: FormatName): InspectedNumber {
  const { clicked, given, scaling, overflow } = state
  if (clicked?.format === format) return inspectCode(format, clicked.code, scaling, given)
  return inspectNumber(format, given, { rule: overflow, scaling })
}
