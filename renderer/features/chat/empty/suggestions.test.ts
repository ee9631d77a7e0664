import { expect, it } from 'vitest'
import { pictureModel, textModel } from '../testing/chat-records'
import { suggestionsFor } from './suggestions'

const withoutPrompts = { ...pictureModel.chat, prompts: [] }

it('takes the model at its word', () => {
  expect(suggestionsFor(pictureModel.chat)).toEqual(pictureModel.chat.prompts)
})

it('asks for what the model knows and can do, and for nothing else', () => {
  expect(suggestionsFor(withoutPrompts)).toEqual([
    'Draw dog on a blue background',
    'Draw penguin and apple',
    'Draw unicorn',
  ])
  expect(suggestionsFor({ ...withoutPrompts, modes: ['read'] })).toEqual([])
  expect(suggestionsFor({ ...textModel.chat, prompts: [] })).toEqual([])
})
