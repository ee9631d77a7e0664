// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { brokenModel, fakeModel, fakeSettings } from '../../testing/fake-data'
import { differences, fields, pickField, presentFields } from './fields'
import { changeDraft, createFormStore, modelDefaults, moreCount, revertField } from './form-store'
import { createPromptHistory, rememberPrompt, stepPrompt, togglePin } from './prompt-history'
import { problemOf, validate } from './validate'

beforeEach(() => localStorage.clear())

describe('fields', () => {
  it('name what differs, with the old value in words', () => {
    const before = fakeSettings()
    const after = fakeSettings({ shift: 5, width: 160, withoutEncoders: ['T5'] })
    expect(differences(before, after)).toEqual({ shift: '3.0', size: '128 × 128', withoutEncoders: 'none' })
  })

  it('cover every setting', () => {
    const covered = new Set(fields.flatMap(({ key }) => (key === 'size' ? ['width', 'height'] : [key])))
    const all = { ...fakeSettings(), prompt2: '', prompt3: '', skipLayers: undefined, initImage: undefined }
    expect(Object.keys(all).filter((key) => !covered.has(key as never))).toEqual([])
  })

  it('of a partial record are those that it holds', () => {
    expect(presentFields({ prompt: 'x', width: 64 }).map(({ key }) => key)).toEqual(['prompt'])
  })

  it('can be taken one by one, width and height together', () => {
    expect(pickField(fakeSettings(), 'size')).toEqual({ width: 128, height: 128 })
  })
})

describe('the form', () => {
  it('takes one field back to the last picture', () => {
    const form = createFormStore()
    form.setState({ last: fakeSettings({ steps: 12, width: 96, height: 160 }) })
    changeDraft(form, { steps: 40, width: 256, height: 256, shift: 7 })
    revertField(form, 'size')
    expect(form.getState().draft).toMatchObject({ steps: 40, width: 96, height: 160, shift: 7 })
  })

  it('comes back after a reload without the fields that are no longer valid', () => {
    const form = createFormStore()
    changeDraft(form, { prompt: 'kept', steps: 33 })
    const saved = JSON.parse(localStorage.getItem('atelier.image.form')!)
    saved.state.draft.shift = 'many'
    saved.state.draft.sampler = 'unknown'
    saved.state.draft.surprise = 1
    localStorage.setItem('atelier.image.form', JSON.stringify(saved))
    const { draft } = createFormStore().getState()
    expect(draft).toMatchObject({ prompt: 'kept', steps: 33, shift: 3, sampler: 'euler' })
    expect(draft).not.toHaveProperty('surprise')
  })

  it('counts the settings under More that are not as they came', () => {
    expect(moreCount(fakeSettings())).toBe(0)
    expect(moreCount(fakeSettings({ clipSkip: 1, guidanceBatched: false, previewEvery: 4 }))).toBe(3)
  })

  it('takes a model with what it is at its best with', () => {
    expect(modelDefaults(fakeModel)).toMatchObject({ modelId: fakeModel.id, width: 128, steps: 20, shift: 3 })
  })
})

describe('validation', () => {
  it('names the field', () => {
    const problems = validate(fakeSettings({ prompt: ' ', width: 100 }), fakeModel)
    expect(problemOf(problems, 'prompt')).toMatch(/empty/)
    expect(problemOf(problems, 'width', 'height')).toMatch(/multiples of 16/)
    expect(problemOf(problems, 'steps')).toBeNull()
  })

  it('knows what the model cannot do', () => {
    const facts = { ...fakeModel.image!, canEncode: false, hasBlockGates: false }
    const model = { ...fakeModel, image: facts }
    const asked = fakeSettings({
      width: 512,
      initImage: { assetId: 'a'.repeat(64) as never, strength: 0.5 },
      skipLayers: { layers: [1], scale: 2.8, start: 0, end: 0.2 },
      withoutEncoders: ['CLIP-L', 'T5'],
    })
    expect(Object.keys(validate(asked, model)).sort()).toEqual(['initImage', 'skipLayers', 'width', 'withoutEncoders'])
  })

  it('finds a problem inside a nested field', () => {
    const asked = fakeSettings({ initImage: { assetId: 'a'.repeat(64) as never, strength: 2 } })
    expect(problemOf(validate(asked, fakeModel), 'initImage')).not.toBeNull()
  })

  it('says what is wrong with a broken model', () => {
    expect(problemOf(validate(fakeSettings(), brokenModel), 'modelId')).toMatch(/missing/)
  })
})

describe('the prompt history', () => {
  it('goes back in time, and forth to the text that was being written', () => {
    const history = createPromptHistory()
    rememberPrompt(history, 'first')
    rememberPrompt(history, 'second')
    expect(stepPrompt(history, 'draft', 1)).toBe('second')
    expect(stepPrompt(history, 'second', 1)).toBe('first')
    expect(stepPrompt(history, 'first', 1)).toBeNull()
    expect(stepPrompt(history, 'first', -1)).toBe('second')
    expect(stepPrompt(history, 'second', -1)).toBe('draft')
    expect(stepPrompt(history, 'draft', -1)).toBeNull()
  })

  it('keeps each prompt once, the newest first', () => {
    const history = createPromptHistory()
    for (const text of ['a', 'b', ' a ']) rememberPrompt(history, text)
    expect(history.getState().prompts).toEqual(['a', 'b'])
  })

  it('keeps starred prompts over a restart, however many are written after them', () => {
    const history = createPromptHistory()
    rememberPrompt(history, 'a keeper')
    togglePin(history, 'a keeper')
    for (let number = 0; number < 250; number += 1) rememberPrompt(history, `prompt ${number}`)
    const next = createPromptHistory()
    expect(next.getState().pinned).toEqual(['a keeper'])
    togglePin(next, 'a keeper')
    expect(createPromptHistory().getState().pinned).toEqual([])
  })

  it('of an older page, without stars, is read as it is', () => {
    localStorage.setItem('atelier.image.prompts', JSON.stringify({ state: { prompts: ['old'] }, version: 1 }))
    expect(createPromptHistory().getState()).toMatchObject({ prompts: ['old'], pinned: [] })
  })

  it('steps over the prompt that is in the field already', () => {
    const history = createPromptHistory()
    rememberPrompt(history, 'older')
    rememberPrompt(history, 'same')
    expect(stepPrompt(history, 'same', 1)).toBe('older')
  })
})
