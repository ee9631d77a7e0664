import { describe, expect, it } from 'vitest'
import { modelIdSchema } from '../../contract/ids'
import { calibrationSchema, raceRequestSchema, runSchema, type Strategy } from '../../contract/speculation'
import { acceptanceStatistics } from '../../contract/speculation-statistics'
import { Residency } from '../runtime/residency'
import { runCalibrationTask, type CalibrationEvent } from './calibrate'
import { runRaceTask, type RaceTaskEvent } from './race-task'
import { openTinyModel, runRace } from './testing/tiny-model'

const all = [
  'draft',
  'lookup',
  'retrieval',
  'early-exit',
  'medusa',
  'mtp',
  'mtp-parallel',
  'eagle',
  'lookup-mtp',
] as const
const strategies = all.map((name): Partial<Strategy> & Pick<Strategy, 'name'> => ({ name }))

// Loading eight graphs takes long beside other work.
const patience = 120_000

describe('A race', { timeout: patience }, () => {
  it('runs plain decoding first and the others after it, with traces that fit the contract', async () => {
    const parts = await openTinyModel('float32')
    const prompt = parts.model.tokenizer.encode('one two three one two three one two')
    const runs = await runRace(parts, prompt, { strategies, maxTokens: 32 })
    expect(runs.map(({ strategy }) => strategy.name)).toEqual(['plain', ...all])
    for (const run of runs) {
      runSchema.parse(run)
      expect(run.sameAsPlain).toBe(true)
      expect(run.lossless).toBe(true)
      expect(run.text).toBe(runs[0]!.text)
      expect(run.rounds.flatMap(({ emitted }) => emitted)).toHaveLength(run.tokens)
      const { milliseconds } = acceptanceStatistics(run.rounds)
      const { draft, verify, sample, commit } = milliseconds
      expect(draft + verify + sample + commit).toBeCloseTo(run.milliseconds, 3)
      let context = prompt.length
      for (const [index, round] of run.rounds.entries()) {
        expect([round.index, round.contextLength]).toEqual([index, context])
        context += round.emitted.length
        expect(round.draftLength).toBe(Math.max(0, ...round.nodes.map(({ depth }) => depth)))
        // Each token stands where the round says that it came from.
        for (const { origin, node, token } of round.emitted) {
          if (origin === 'accepted') expect(round.nodes[node - 1]).toMatchObject({ token, verdict: 'accepted' })
        }
        for (const { verdict, targetProbability } of round.nodes) {
          expect(targetProbability === null).toBe(verdict === 'unreached' && targetProbability === null)
          if (verdict === 'accepted') expect(targetProbability).toBe(1)
        }
        for (const { entropy, top } of round.rows) {
          expect(entropy).toBeGreaterThanOrEqual(0)
          expect(top).toHaveLength(5)
        }
      }
    }
  })

  it('asks no question of sameness above temperature 0, and calls typical acceptance what it is', async () => {
    const parts = await openTinyModel('int4')
    const runs = await runRace(parts, parts.model.tokenizer.encode('Once upon a time'), {
      strategies: [
        { name: 'medusa', acceptance: 'typical' },
        { name: 'medusa', draftLength: 3 },
        { name: 'draft', draftLength: 3 },
      ],
      sampling: { temperature: 0.9, topP: 0.95, seed: 4 },
      maxTokens: 24,
    })
    expect(runs.map(({ lossless, sameAsPlain }) => [lossless, sameAsPlain])).toEqual([
      [true, null],
      [false, null],
      [true, null],
      [true, null],
    ])
    // Chosen drafts use the same draws as plain decoding.
    expect(runs[2]!.text).toBe(runs[0]!.text)
  })

  it('runs chains on exports that know nothing of trees', async () => {
    const parts = await openTinyModel(undefined, 'tiny-causal-lm-standard')
    const prompt = parts.model.tokenizer.encode('one two three one two three one two')
    const [plain, run] = await runRace(parts, prompt, {
      strategies: [{ name: 'lookup', draftLength: 4 }],
      maxTokens: 32,
    })
    expect([run?.sameAsPlain, run?.text]).toEqual([true, plain?.text])
    expect(run?.rounds.some(({ nodes }) => nodes.length > 0)).toBe(true)
  })

  it('stops where it is cancelled, with what it had', async () => {
    const parts = await openTinyModel('float32')
    let asked = 0
    const runs = await runRace(parts, parts.model.tokenizer.encode('Once'), { strategies }, () => (asked += 1) > 30)
    expect(runs.length).toBeLessThan(3)
    expect(runs.at(-1)?.finishReason).toBe('cancelled')
  })
})

describe('In the worker', { timeout: patience }, () => {
  const input = async (precision: string) => {
    const { model } = await openTinyModel(precision)
    return {
      modelId: modelIdSchema.parse('tiny'),
      folder: model.folder,
      precision,
      provider: 'cpu',
      threads: 1,
    } as const
  }
  const context = <E>(events: E[], isCancelled = () => false) => ({
    emit: (event: E) => void events.push(event),
    isCancelled,
    sessions: new Residency(),
  })

  it('a race sends its rounds in batches, and all of them', async () => {
    const events: RaceTaskEvent[] = []
    const settings = raceRequestSchema.parse({
      modelId: 'tiny',
      prompt: 'Once upon',
      raw: true,
      strategies: [{ name: 'mtp' }],
      maxTokens: 40,
    })
    await runRaceTask({ ...(await input('int4')), settings }, context(events))
    expect(events.filter(({ type }) => type !== 'stage').map(({ type }) => type)).toContain('start')
    for (const run of [0, 1]) {
      const rounds = events.flatMap((event) => (event.type === 'rounds' && event.run === run ? event.rounds : []))
      const end = events.find((event) => event.type === 'run-end' && event.run === run)
      expect(end?.type === 'run-end' && end.result.tokens).toBe(rounds.flatMap(({ emitted }) => emitted).length)
    }
    const batches = events.filter(({ type }) => type === 'rounds').length
    expect(batches).toBeLessThan(60)
  })

  it('a cancelled race says so after its events', async () => {
    const settings = raceRequestSchema.parse({ modelId: 'tiny', prompt: 'Once upon', raw: true, strategies: [] })
    const events: RaceTaskEvent[] = []
    const task = runRaceTask(
      { ...(await input('int4')), settings },
      context(events, () => true),
    )
    await expect(task).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('a calibration measures the target and every drafter', async () => {
    const events: CalibrationEvent[] = []
    const calibration = await runCalibrationTask(await input('int4'), context(events))
    calibrationSchema.parse(calibration)
    expect(calibration.verify.map(({ rows }) => rows)).toEqual([1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32])
    expect(Object.keys(calibration.draft)).toEqual(expect.arrayContaining(['draft', 'lookup', 'medusa', 'mtp']))
    expect(events.every(({ fraction }, index) => fraction >= (events[index - 1]?.fraction ?? 0))).toBe(true)
  })
})
