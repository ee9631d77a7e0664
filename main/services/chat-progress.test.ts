import { expect, it } from 'vitest'
import { messageIdSchema } from '../../contract/ids'
import { TurnProgress } from './chat-progress'

const facts = {
  messageId: messageIdSchema.parse('0457ab2c-42cd-4276-8d11-d820977b2733'),
  maxTokens: 96,
  thinkTokens: 96,
}

it('goes on with what it did once a graph was opened in the middle of it', () => {
  const progress = new TurnProgress(facts)
  progress.read({ type: 'phase', phase: 'load', label: 'Reading weights: decoder' })
  progress.read({ type: 'phase', phase: 'draw', label: 'Drawing' })
  const opened = progress.read({ type: 'phase', phase: 'load', label: 'Reading weights: preview decoder' })
  expect(opened).toMatchObject({ phase: 'load', label: 'Reading weights: preview decoder' })
  const step = progress.read({ type: 'step', step: 2, steps: 24, milliseconds: 40, timestep: 0.9, preview: null })
  expect(step).toMatchObject({ phase: 'draw', label: 'Drawing', done: 2, total: 24 })
  expect(step?.eta).not.toBeNull()
})

it('never lets the queue’s bar go back', () => {
  const progress = new TurnProgress(facts)
  const fractions = (
    [
      { type: 'phase', phase: 'prefill', label: 'Reading 20 rows' },
      { type: 'prefill', rows: 20, total: 20, reusedRows: 0, rowsPerSecond: 100 },
      { type: 'phase', phase: 'draw', label: 'Drawing' },
      { type: 'step', step: 12, steps: 24, milliseconds: 40, timestep: 0.5, preview: null },
      { type: 'phase', phase: 'load', label: 'Reading weights: autoencoder' },
      { type: 'phase', phase: 'decode', label: 'Decoding the picture' },
    ] as const
  ).map((event) => progress.forQueue(progress.read(event)!).fraction)
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
})
