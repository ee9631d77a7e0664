// @vitest-environment jsdom
import '../../testing/dom'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ModelId } from '../../../contract/ids'
import { createBoxes } from './boxes'
import { changeFilter, createFormStore, stepScore } from './form-store'
import { createStageStore } from './stage-store'
import { sceneClasses, sceneResult } from './testing/scene'
import { createViewStore, showAllClasses, toggleClass, toggleSolo } from './view-store'

beforeEach(() => localStorage.clear())

const cat = sceneClasses.findIndex(({ name }) => name === 'cat')

function setUp() {
  const [stage, form, view] = [createStageStore(), createFormStore(), createViewStore()]
  stage.setState({ looked: { modelId: 'toys' as ModelId, modelName: 'Toys', result: sceneResult() } })
  return { form, view, stage, boxes: createBoxes(stage, form, view) }
}

describe('the boxes', () => {
  it('are worked out once for each change, whoever asks', () => {
    const { boxes, form } = setUp()
    const first = boxes.shown()
    expect(first).toHaveLength(14)
    expect(boxes.shown()).toBe(first)
    changeFilter(form, { score: 0.9 })
    expect(boxes.shown()).not.toBe(first)
    expect(boxes.shown().every(({ score }) => score >= 0.9)).toBe(true)
  })

  it('that pass again are the same objects, so that they are not drawn anew', () => {
    const { boxes, form } = setUp()
    const before = new Set(boxes.shown())
    changeFilter(form, { score: 0.9 })
    expect(boxes.shown().every((box) => before.has(box))).toBe(true)
    changeFilter(form, { score: 0.02, suppression: 'soft-gaussian' })
    // Scores that were lowered are other boxes.
    expect(boxes.shown().some((box) => !before.has(box))).toBe(true)
    changeFilter(form, { score: 0.5, suppression: 'hard' })
    expect(boxes.shown()).toHaveLength(14)
  })

  it('leave out hidden classes, which the list of classes still counts', () => {
    const { boxes, view } = setUp()
    toggleClass(view, cat)
    expect(boxes.shown().some(({ classId }) => classId === cat)).toBe(false)
    expect(boxes.all().filter(({ classId }) => classId === cat)).toHaveLength(2)
    showAllClasses(view)
    expect(boxes.shown()).toHaveLength(14)
  })

  it('are those of one class where it stands alone', () => {
    const { boxes, view } = setUp()
    toggleSolo(view, cat)
    expect(boxes.shown().map(({ classId }) => classId)).toEqual([cat, cat])
    toggleSolo(view, cat)
    expect(boxes.shown()).toHaveLength(14)
  })
})

describe('the threshold by keys', () => {
  it('stays on round numbers and within its limits', () => {
    const { form } = setUp()
    changeFilter(form, { score: 0.43 })
    stepScore(form, 1)
    expect(form.getState().filter.score).toBe(0.45)
    stepScore(form, 1)
    expect(form.getState().filter.score).toBe(0.5)
    stepScore(form, -1)
    expect(form.getState().filter.score).toBe(0.45)
    changeFilter(form, { score: 0.99 })
    stepScore(form, 1)
    stepScore(form, 1)
    expect(form.getState().filter.score).toBe(1)
  })
})

describe('what was saved', () => {
  it('is taken where it is valid, and left where it is not', () => {
    localStorage.setItem(
      'atelier.detect.form',
      JSON.stringify({ version: 1, state: { modelId: 'toys', filter: { score: 7 }, labels: 'class', everyNth: 3 } }),
    )
    const { modelId, filter, labels, everyNth } = createFormStore().getState()
    expect({ modelId, labels, everyNth }).toEqual({ modelId: 'toys', labels: 'class', everyNth: 3 })
    expect(filter.score).toBe(0.5)
  })
})
