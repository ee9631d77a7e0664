// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChatDraft } from '../../../contract/chat'
import type { ConversationId } from '../../../contract/ids'
import { createComposer } from './composer/composer-store'
import { createDrafts } from './drafts'
import { said } from './testing/chat-records'
import { createFakeChat } from './testing/fake-chat'

beforeEach(() => localStorage.clear())

const id = 'desk' as ConversationId
const draft = (text: string): ChatDraft => ({ text, attachments: [], mode: 'auto', editing: null })

function open() {
  const fake = createFakeChat()
  const report = vi.fn()
  const drafts = createDrafts(fake.studio.client, report)
  return { ...fake, report, drafts, composer: createComposer(drafts, report) }
}

describe('what is typed', () => {
  it('reaches the core a moment later, and leaves nothing on the page', async () => {
    const { drafts, kept } = { ...open(), kept: localStorage }
    drafts.save(id, draft('half a th'))
    expect(kept.length).toBe(1)
    await drafts.flush()
    expect(kept.length).toBe(0)
    expect(await drafts.load(id)).toEqual(draft('half a th'))
  })

  it('is on the page where the core has died, and comes back with the next load', async () => {
    const { drafts, studio, report } = open()
    Object.assign(studio.client.chat, { saveDraft: () => Promise.reject(new Error('The studio core does not answer')) })
    drafts.save(id, draft('words'))
    await drafts.flush()
    drafts.save(id, draft('words and more'))
    await drafts.flush()
    expect(report).toHaveBeenCalledTimes(1)
    expect(await open().drafts.load(id)).toEqual(draft('words and more'))
  })

  it('passes over what lies there damaged', async () => {
    localStorage.setItem('atelier.chat.draft.desk', '{"text":1')
    expect(await open().drafts.load(id)).toBeNull()
  })
})

describe('the composer', () => {
  it('keeps one draft a conversation', async () => {
    const { composer } = open()
    await composer.open(id)
    composer.change({ text: 'for the desk' })
    await composer.open(null)
    expect(composer.store.getState().draft.text).toBe('')
    composer.change({ text: 'for a new one' })
    await composer.open(id)
    expect(composer.store.getState().draft.text).toBe('for the desk')
  })

  it('puts aside what stood there while a message is edited, and brings it back', async () => {
    const { composer } = open()
    await composer.open(id)
    composer.change({ text: 'half a thought' })
    composer.edit(said({ id: 'm1', parent: null }, 'What is it?'))
    expect(composer.store.getState().draft).toMatchObject({ text: 'What is it?', editing: 'm1' })
    composer.cancelEdit()
    expect(composer.store.getState().draft).toMatchObject({ text: 'half a thought', editing: null })
    composer.edit(said({ id: 'm1', parent: null }, 'What is it?'))
    composer.sent()
    expect(composer.store.getState().draft.text).toBe('half a thought')
  })

  it('goes back to the mode that was, after a turn for which another was chosen once', async () => {
    const { composer } = open()
    await composer.open(id)
    composer.chooseOnce('edit')
    composer.change({ text: 'make it green' })
    composer.sent()
    expect(composer.store.getState().draft.mode).toBe('auto')
    composer.change({ mode: 'draw', text: 'a cat' })
    composer.sent()
    expect(composer.store.getState().draft.mode).toBe('draw')
  })

  it('does not overwrite what was typed before the old draft came', async () => {
    const { composer, drafts } = open()
    drafts.save(id, draft('old'))
    await drafts.flush()
    const opening = composer.open(id)
    composer.change({ text: 'new' })
    await opening
    expect(composer.store.getState().draft.text).toBe('new')
  })
})
