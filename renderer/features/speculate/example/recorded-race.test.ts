import { describe, expect, it } from 'vitest'
import recordedText from '../../../assets/recorded-race.json?raw'
import { mostStrategies } from '../model/strategies'
import { readRecordedRace } from './recorded-race'

describe('the recorded race', () => {
  it('is small enough to ship with the page', async () => {
    const stream = new Blob([recordedText]).stream().pipeThrough(new CompressionStream('gzip'))
    const { byteLength } = await new Response(stream).arrayBuffer()
    expect(byteLength).toBeLessThan(60_000)
  })

  it('is a whole race with its calibration, in which all texts are plain decoding’s own', async () => {
    const { race, machine } = await readRecordedRace()
    expect(machine).not.toBe('')
    expect(race.partial).toBe(false)
    expect(race.calibration?.precision).toBe(race.precision)
    expect(race.settings.strategies.length).toBeLessThanOrEqual(mostStrategies)
    const [plain, ...others] = race.runs
    for (const { text, sameAsPlain, lossless } of others)
      expect({ text, sameAsPlain, lossless }).toEqual({ text: plain!.text, sameAsPlain: true, lossless: true })
  })

  it('was rounded by less than can be seen: its rounds still add up to its runs', async () => {
    const { race } = await readRecordedRace()
    for (const run of race.runs) {
      const parts = run.rounds.map(
        ({ milliseconds: { draft, verify, sample, commit } }) => draft + verify + sample + commit,
      )
      expect(parts.reduce((sum, part) => sum + part, 0) / run.milliseconds).toBeCloseTo(1, 1)
      expect(run.rounds.flatMap(({ emitted }) => emitted)).toHaveLength(run.tokens)
    }
  })
})
