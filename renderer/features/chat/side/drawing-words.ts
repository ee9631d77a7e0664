export type DrawingNumber = 'steps' | 'shift' | 'textScale' | 'imageScale' | 'renormMin'

interface SliderWords {
  readonly label: string
  readonly about: string
  readonly min: number
  readonly max: number
  readonly hardMin: number
  readonly hardMax: number
  readonly step: number
  readonly decimals: number
}

/** The numbers that guide a drawing: their useful range, the one that is allowed, and what they do. */
export const drawingNumbers: Readonly<Record<DrawingNumber, SliderWords>> = {
  steps: {
    label: 'Steps',
    about: 'Points of the schedule; one fewer is run. More settles details.',
    min: 8,
    max: 100,
    hardMin: 2,
    hardMax: 200,
    step: 1,
    decimals: 0,
  },
  textScale: {
    label: 'Text scale',
    about: 'How closely the words are followed; 1 and below guides nothing.',
    min: 1,
    max: 8,
    hardMin: 0,
    hardMax: 50,
    step: 0.1,
    decimals: 2,
  },
  imageScale: {
    label: 'Image scale',
    about: 'How closely an edit keeps to its picture; 1 and below is off.',
    min: 1,
    max: 3,
    hardMin: 0,
    hardMax: 50,
    step: 0.1,
    decimals: 2,
  },
  shift: {
    label: 'Shift',
    about: 'Higher spends more of the steps on the rough shape.',
    min: 1,
    max: 10,
    hardMin: 0.1,
    hardMax: 20,
    step: 0.1,
    decimals: 2,
  },
  renormMin: {
    label: 'Renorm min',
    about: '0 lets guidance be shortened freely; 1 turns it off.',
    min: 0,
    max: 1,
    hardMin: 0,
    hardMax: 1,
    step: 0.05,
    decimals: 2,
  },
}
