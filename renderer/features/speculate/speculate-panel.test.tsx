// @vitest-environment jsdom
import '../../testing/dom'
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../../contract/errors'
import { strategySchema } from '../../../contract/speculation'
import { StudioContext } from '../../studio/context'
import { Toaster } from '../../ui/toaster'
import { importRace, removeRace, showRace } from './actions'
import { showExample } from './example/show-example'
import { chartsOnPage } from './export/charts-on-page'
import { svgFile } from '../../charts/svg-file'
import { speculateFeatureOf, type SpeculateFeature } from './feature'
import { chooseModel } from './form-store'
import { SpeculatePanel } from './speculate-panel'
import { createFakeSpeculation, fakeLanguageModel, type FakeSpeculationOptions } from './testing/fake-speculation'
import { syntheticRace, type SyntheticOptions } from './testing/synthetic-race'

const stops: (() => void)[] = []

beforeEach(() => localStorage.clear())
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  cleanup()
})

async function openPanel(options: FakeSpeculationOptions = {}) {
  const fake = createFakeSpeculation(options)
  stops.push(fake.studio.start())
  const feature = speculateFeatureOf(fake.studio)
  render(
    <StudioContext.Provider value={fake.studio}>
      <SpeculatePanel />
      <Toaster />
    </StudioContext.Provider>,
  )
  await waitFor(() => expect(fake.studio.models.getState().isLoaded).toBe(true))
  return { ...fake, feature }
}

async function openRaced(options: SyntheticOptions = {}) {
  const opened = await openPanel()
  const record = syntheticRace(options)
  void act(() => showRace(opened.feature, record))
  return { ...opened, record }
}

const press = (key: string) => fireEvent.keyDown(document.body, { key })
const output = () => screen.getByRole('region', { name: 'Output' })
const token = (index: number) => output().querySelector<HTMLElement>(`[data-i="${index}"]`)!

/** The race on the bench, the recorded example left out. */
function ownRace(feature: SpeculateFeature) {
  const { race } = feature.race.getState()
  return race?.recorded == null ? race : null
}

describe('the empty panel', () => {
  it('explains the idea in three frames, and races the recorded example here at one press', async () => {
    const { feature } = await openPanel({ tokens: 40 })
    const race = await screen.findByRole('button', { name: /Race this example/ })
    expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual([
      '1 Draft',
      '2 Check at once',
      '3 Keep what it would have said',
    ])
    await waitFor(() => expect(race.hasAttribute('disabled')).toBe(false))
    fireEvent.click(race)
    await waitFor(() => expect(ownRace(feature)?.raceId).toBeTruthy())
    expect(screen.getByRole('region', { name: 'Verdict' }).textContent).toMatch(/faster than plain/)
    expect(feature.form.getState().recent).toHaveLength(1)
    expect(screen.queryByText('Recorded example')).toBeNull()
  })

  it('replays a recorded race that says that it is one, and opens up to its whole bench', async () => {
    const { feature } = await openPanel()
    const example = await screen.findByRole('region', { name: 'Recorded example' })
    expect(example.textContent).toMatch(
      /SmolLM2 135M Instruct.*, \d+ threads, \d+ \w+ \d{4}\. Nothing of it was measured here/,
    )
    expect(within(example).getByRole('group', { name: /^Text of 1\d\d tokens/ })).toBeTruthy()
    press(' ')
    await waitFor(() => expect(feature.view.getState().isPlaying).toBe(true))
    press(' ')
    fireEvent.click(within(example).getByRole('button', { name: 'Rounds, tree and figures' }))
    expect(screen.getByRole('region', { name: 'Verdict' }).textContent).toMatch(/faster than plain/)
    expect(screen.getByText('Recorded example')).toBeTruthy()
    // Its prompt is nobody's draft, and its race is none of this studio's.
    expect(feature.form.getState().prompt).toBe('')
    expect(screen.getByRole('button', { name: /^Race(?! this)/ }).textContent).not.toContain('again')
  })

  it('never takes the place of a race of this machine', async () => {
    const { feature, record } = await openRaced()
    await act(() => showExample(feature))
    expect(feature.race.getState().race?.raceId).toBe(record.id)
  })

  it('says that there is no language model, and still opens saved races', async () => {
    const { feature, races } = await openPanel({ hasModel: false })
    expect(await screen.findByText(/No language model yet/)).toBeTruthy()
    fireEvent.click(await screen.findByRole('button', { name: 'Open a saved race' }))
    fireEvent.click((await screen.findAllByRole('button', { name: /Small talk 135M/ }))[0]!)
    await waitFor(() => expect(ownRace(feature)).not.toBeNull())
    expect(races.has(ownRace(feature)!.raceId!)).toBe(true)
    expect(screen.getByRole('region', { name: 'Race' })).toBeTruthy()
  })

  it('names the empty prompt where it is written', async () => {
    const { feature } = await openPanel()
    await waitFor(() => expect(feature.form.getState().modelId).toBe('small-talk'))
    fireEvent.keyDown(screen.getByRole('textbox', { name: 'Prompt' }), { key: 'Enter', ctrlKey: true })
    expect(await screen.findByText('Write a prompt: it is empty')).toBeTruthy()
    expect(ownRace(feature)).toBeNull()
  })

  it('tells why a race was refused, and offers to leave the strategy out', async () => {
    const { feature, studio } = await openPanel({ tokens: 20 })
    await waitFor(() => expect(feature.form.getState().modelId).toBe('small-talk'))
    const { race } = studio.client.speculation
    let refuses = true
    Object.assign(studio.client.speculation, {
      race: async (request: Parameters<typeof race>[0]) => {
        if (!refuses) return race(request)
        refuses = false
        throw new StudioError('MODEL_UNSUPPORTED', 'The draft model has another vocabulary', { field: 'strategies.1' })
      },
    })
    feature.form.setState({ prompt: 'Name ten birds.' })
    fireEvent.keyDown(screen.getByRole('textbox', { name: 'Prompt' }), { key: 'Enter', ctrlKey: true })
    const note = await screen.findByRole('alert')
    expect(note.textContent).toContain('The draft model has another vocabulary')
    fireEvent.click(within(note).getByRole('button', { name: 'Race without it' }))
    await waitFor(() => expect(ownRace(feature)?.raceId).toBeTruthy())
    expect(feature.form.getState().strategies.map(({ name }) => name)).toEqual(['lookup', 'medusa'])
  })
})

describe('rounds that are chosen in a chart', () => {
  it('stand out in the text, the rounds, the tree and the other charts, by keys alone', async () => {
    const { feature } = await openRaced()
    const chart = screen.getByRole('slider', { name: 'Choose rounds by accepted length' })
    fireEvent.keyDown(chart, { key: 'Home' })
    fireEvent.keyDown(chart, { key: 'ArrowRight' })
    fireEvent.keyDown(chart, { key: 'ArrowRight', shiftKey: true })
    expect(chart.getAttribute('aria-valuetext')).toBe('1 to 2 accepted')
    const { rounds } = feature.view.getState().brush!
    expect(rounds.size).toBe(20)
    expect(screen.getByRole('button', { name: /^20 of 58 rounds: 1 to 2 accepted/ })).toBeTruthy()
    const { tokens } = feature.race.getState().race!.runs[1]!
    const lit = [...output().querySelectorAll<HTMLElement>('[class*="brushed"] [data-i]')]
    expect(new Set(lit.map(({ dataset }) => tokens[Number(dataset['i'])]!.round))).toEqual(rounds)
    const shownRows = screen.getAllByRole('option').filter((row) => row.className.includes('brushed'))
    expect(shownRows.length).toBeGreaterThan(0)
    for (const row of shownRows) expect(rounds.has(Number(row.id.replace('round-', '')))).toBe(true)
    expect(document.querySelectorAll('[data-chart="Acceptance by position"] [class*="chosen"]').length).toBeGreaterThan(
      0,
    )
    const told = /round (\d+),/.exec(screen.getByRole('region', { name: 'Draft tree' }).textContent)
    expect(rounds.has(Number(told![1]) - 1)).toBe(true)
    fireEvent.keyDown(chart, { key: 'Escape' })
    expect(output().querySelectorAll('[class*="brushed"]')).toHaveLength(0)
  })
})

describe('charts as files', () => {
  it('are all to be had, without what answers to the pointer', async () => {
    await openRaced()
    const charts = chartsOnPage()
    expect(charts.map(({ name }) => name)).toEqual([
      'Acceptance by position',
      'Accepted length',
      'Cost of a round',
      'Draft tree',
    ])
    for (const { element } of charts) expect(svgFile(element)).not.toContain('tabindex')
  })
})

describe('on paper', () => {
  it('has text and figures, however narrow the window is', async () => {
    const narrow = vi
      .spyOn(window, 'matchMedia')
      .mockImplementation(
        (query) => ({ matches: /max-width/.test(query), addEventListener() {}, removeEventListener() {} }) as never,
      )
    await openRaced()
    fireEvent.click(screen.getByRole('radio', { name: 'Rounds' }))
    expect(screen.queryByRole('complementary', { name: 'Figures' })).toBeNull()
    fireEvent(window, new Event('beforeprint'))
    expect(screen.getByRole('complementary', { name: 'Figures' })).toBeTruthy()
    expect(output()).toBeTruthy()
    fireEvent(window, new Event('afterprint'))
    expect(screen.queryByRole('complementary', { name: 'Figures' })).toBeNull()
    narrow.mockRestore()
  })
})

describe('the draft model', () => {
  it('may be another of the library with the same tokens; a stranger is named and not to be had', async () => {
    const { feature } = await openPanel()
    await waitFor(() => expect(feature.bench.getState().drafts).toHaveLength(2))
    void act(() => feature.form.setState({ strategies: [strategySchema.parse({ name: 'draft' })] }))
    fireEvent.click(screen.getByRole('button', { name: /^Draft model, k adaptive: settings/ }))
    fireEvent.click(await screen.findByRole('button', { name: /Drafted by/ }))
    const stranger = await screen.findByRole('option', { name: /Stranger/ })
    expect(stranger.getAttribute('aria-disabled')).toBe('true')
    expect(stranger.textContent).toContain('one has 49152 tokens, the other 32000')
    fireEvent.click(screen.getByRole('option', { name: /Small talk mini/ }))
    await waitFor(() => expect(feature.form.getState().strategies[0]?.draftModel).toBe('small-talk-mini'))
    expect(screen.getByText('small-talk-mini, k adaptive')).toBeTruthy()
  })

  it('is forgotten with the target whose tokens it speaks', async () => {
    const { feature } = await openPanel()
    await waitFor(() => expect(feature.form.getState().modelId).toBe('small-talk'))
    const draft = strategySchema.parse({ name: 'draft', draftModel: 'small-talk-mini' })
    feature.form.setState({ strategies: [draft] })
    chooseModel(feature.form, fakeLanguageModel)
    expect(feature.form.getState().strategies).toEqual([strategySchema.parse({ name: 'draft' })])
  })
})

describe('a race on the bench', () => {
  it('tells its figures, and that the text is the same', async () => {
    await openRaced()
    const verdict = screen.getByRole('region', { name: 'Verdict' })
    expect(verdict.textContent).toMatch(/1\.70×faster than plainsame text: yes/)
    expect(verdict.textContent).toMatch(/2\.78/)
    expect(screen.getByRole('img', { name: /Share of rounds that accepted/ })).toBeTruthy()
    expect(screen.getByRole('table', { name: 'Cost of a round' }).textContent).toContain('Verify')
  })

  it('says slower in amber, with the reason', async () => {
    const { feature } = await openRaced({ strategies: ['early-exit'] })
    void act(() => feature.view.setState({ run: 1 }))
    expect(screen.getByRole('region', { name: 'Verdict' }).textContent).toMatch(
      /slower than plain.*Turn it off, because/,
    )
  })

  it('calls typical acceptance lossy, and its text another', async () => {
    const { feature } = await openRaced({ isTypical: true })
    void act(() => feature.view.setState({ run: 1 }))
    const verdict = screen.getByRole('region', { name: 'Verdict' })
    expect(within(verdict).getByText('lossy')).toBeTruthy()
    expect(within(verdict).getByText(/same text: no/)).toBeTruthy()
  })

  it('shows another run at a click on its lane', async () => {
    const { feature } = await openRaced()
    fireEvent.click(screen.getByRole('button', { name: /^Prompt lookup, k = 6/ }))
    expect(feature.view.getState().run).toBe(3)
    expect(screen.getByRole('button', { name: /^Prompt lookup, k = 6/ }).getAttribute('aria-pressed')).toBe('true')
  })

  it('takes the tint from an origin that the legend leaves out', async () => {
    await openRaced()
    const text = within(output()).getByRole('group', { name: /^Text of/ })
    fireEvent.click(within(output()).getByRole('button', { name: /^Corrected/ }))
    expect(text.hasAttribute('data-no-corrected')).toBe(true)
    expect(text.hasAttribute('data-no-accepted')).toBe(false)
    press('h')
    expect(text.hasAttribute('data-plain')).toBe(true)
  })

  it('puts refused guesses beside what took their place', async () => {
    await openRaced()
    const struck = () =>
      within(output())
        .getByRole('group', { name: /^Text of/ })
        .querySelectorAll('s').length
    expect(struck()).toBe(0)
    fireEvent.click(within(output()).getByRole('button', { name: /Refused/ }))
    expect(struck()).toBeGreaterThan(20)
  })

  it('lights the round of a token in the tree, and tells its probabilities', async () => {
    const { feature } = await openRaced()
    const { round, place } = feature.race.getState().race!.runs[1]!.tokens[20]!
    fireEvent.pointerOver(token(20))
    expect(feature.view.getState().mark).toEqual({ run: 1, round, place, node: null })
    expect(screen.getByRole('region', { name: 'Draft tree' }).textContent).toContain(`round ${round + 1},`)
    expect(screen.getByRole('tooltip').textContent).toContain('Target p')
    fireEvent.pointerLeave(within(output()).getByRole('group', { name: /^Text of/ }))
    expect(screen.queryByRole('tooltip')).toBeNull()
  })

  it('walks tokens by the arrow keys', async () => {
    const { feature } = await openRaced()
    const text = within(output()).getByRole('group', { name: /^Text of/ })
    fireEvent.keyDown(text, { key: 'ArrowRight' })
    fireEvent.keyDown(text, { key: 'ArrowRight' })
    const second = feature.race.getState().race!.runs[1]!.tokens[1]!
    expect(feature.view.getState().pinned).toMatchObject({ round: second.round, place: second.place })
    fireEvent.keyDown(text, { key: 'Escape' })
    expect(feature.view.getState().pinned).toBeNull()
  })

  it('walks rounds by j and k, and moves the clock with them', async () => {
    const { feature } = await openRaced()
    const { ends } = feature.race.getState().race!.runs[1]!
    void act(() => feature.playback.seek(0))
    press('j')
    press('j')
    expect(feature.view.getState().time).toBe(ends[2])
    press('k')
    expect(feature.view.getState().time).toBe(ends[1])
    expect(screen.getByRole('slider', { name: 'Round' }).getAttribute('aria-valuetext')).toMatch(/^Round 2 of/)
  })

  it('keeps single keys out of text fields', async () => {
    const { feature } = await openRaced()
    const { time } = feature.view.getState()
    fireEvent.keyDown(screen.getByRole('textbox', { name: 'Prompt' }), { key: 'k' })
    expect(feature.view.getState().time).toBe(time)
  })

  it('plays from the start where the clock stands at the end', async () => {
    const { feature } = await openRaced()
    press(' ')
    expect(feature.view.getState().isPlaying).toBe(true)
    await waitFor(() => expect(feature.view.getState().time).toBeGreaterThan(0))
    press(' ')
    expect(feature.view.getState().isPlaying).toBe(false)
  })
})

describe('saved races', () => {
  it('refuse a file that is none, in plain words, before it is sent', async () => {
    const { feature } = await openPanel()
    await act(() => importRace(feature, new File(['hello'], 'notes.txt')))
    expect(await screen.findByText(/notes\.txt is not a saved race: it is not JSON/)).toBeTruthy()
    await act(() => importRace(feature, new File(['{"a":1}'], 'settings.json')))
    expect(await screen.findByText(/settings\.json is JSON, but not a saved race/)).toBeTruthy()
    expect(ownRace(feature)).toBeNull()
  })

  it('tell what is wrong with a damaged one, and show a whole one', async () => {
    const { feature } = await openPanel()
    await act(() => importRace(feature, new File(['{"format":"atelier-race"}'], 'half.json')))
    expect(await screen.findByText(/half\.json is damaged/)).toBeTruthy()
    const record = syntheticRace({ tokens: 12 })
    await act(() => importRace(feature, new File([JSON.stringify(record)], 'race.json')))
    expect(feature.race.getState().race?.runs).toHaveLength(4)
  })

  it('come back after a deletion that is taken back', async () => {
    const { feature, studio, races } = await openPanel({ saved: 2 })
    await waitFor(() => expect(feature.runs.store.getState().entries).toHaveLength(2))
    const { id } = feature.runs.store.getState().entries[0]!
    void act(() => removeRace(feature, id))
    expect(feature.runs.store.getState().entries).toHaveLength(1)
    await waitFor(() => expect(races.get(id)?.deletedAt).toBe(1))
    void act(() => studio.undo.undo())
    expect(feature.runs.store.getState().entries[0]?.id).toBe(id)
    await waitFor(() => expect(races.get(id)?.deletedAt).toBeNull())
  })
})
