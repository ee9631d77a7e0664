// @vitest-environment jsdom
import '../../testing/dom'
import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../../contract/errors'
import type { ConversationId, ModelId } from '../../../contract/ids'
import { StudioContext } from '../../studio/context'
import { fakeAssetId } from '../../testing/fake-data'
import { LiveRegion } from '../../ui/live-region'
import { Toaster } from '../../ui/toaster'
import { attachFiles } from './attach'
import { ChatPanel } from './chat-panel'
import { chatFeatureOf, showConversation } from './feature'
import { deskConversation } from './testing/desk-conversation'
import { createFakeChat, type FakeChatOptions } from './testing/fake-chat'

configure({ asyncUtilTimeout: 8000 })
const stops: (() => void)[] = []
const exits = { showImage: vi.fn(), startFrom: vi.fn(), showSettings: vi.fn() }

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  Object.assign(URL, { createObjectURL: () => 'blob:fake', revokeObjectURL() {} })
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  cleanup()
})

async function openPanel(options: FakeChatOptions = {}) {
  const fake = createFakeChat(options)
  stops.push(fake.studio.start())
  const feature = chatFeatureOf(fake.studio)
  render(
    <StudioContext.Provider value={fake.studio}>
      <ChatPanel exits={exits} />
      <Toaster />
      <LiveRegion />
    </StudioContext.Provider>,
  )
  await waitFor(() => expect(fake.studio.models.getState().isLoaded).toBe(true))
  return { ...fake, feature }
}

async function openDesk(options: FakeChatOptions = {}) {
  const detail = deskConversation(Date.now())
  const messages = detail.messages.map((message) =>
    message.role === 'assistant' ? { ...message, status: 'complete' as const } : message,
  )
  const opened = await openPanel({ ...options, details: [{ ...detail, messages }] })
  act(() => showConversation(opened.feature, 'desk' as ConversationId))
  await waitFor(() => expect(screen.getAllByRole('article', { name: 'You' })).toHaveLength(3))
  return opened
}

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' })
const type = (text: string) => fireEvent.change(field(), { target: { value: text } })
const press = (key: string, more = {}) => fireEvent.keyDown(field(), { key, ...more })
const own = () => screen.getAllByRole('article', { name: 'You' })
const answers = () => screen.getAllByRole('article', { name: /^Answer of/ })

describe('the empty panel', () => {
  it('says what the model knows, and takes a suggestion into the field', async () => {
    await openPanel()
    expect(screen.getByText(/It names, counts and places/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'draw two penguins' }))
    expect(field().value).toBe('draw two penguins')
  })

  it('says how to get a model where there is none, and keeps what is typed', async () => {
    const { feature } = await openPanel({ hasModel: false })
    fireEvent.click(await screen.findByRole('button', { name: 'Add a folder in Settings' }))
    expect(exits.showSettings).toHaveBeenCalled()
    type('for later')
    press('Enter')
    expect(feature.composer.store.getState().draft.text).toBe('for later')
  })
})

describe('a turn', () => {
  it('begins a conversation, streams its answer, and stands in the list', async () => {
    const { details } = await openPanel({ answer: 'It is **red**. Very red.' })
    type('What is it?')
    press('Enter')
    await waitFor(() => expect(answers()[0]?.getAttribute('aria-busy')).toBe('false'))
    await waitFor(() => expect(answers()[0]?.querySelector('strong')?.textContent).toBe('red'))
    expect(field().value).toBe('')
    expect(details.size).toBe(1)
    expect(await screen.findByRole('button', { name: /^What is it\?/ })).toBeTruthy()
    expect(document.querySelector('.visually-hidden[role="status"]')?.textContent).toBe(
      'It is red. Very red. The answer is complete.',
    )
  })

  it('sends a picture that is still being read as soon as it is read, unless one writes on', async () => {
    const { feature, details } = await openPanel()
    const image = () => new File(['x'], 'a.png', { type: 'image/png' })
    type('What is')
    let read = attachFiles(feature, [image()])
    press('Enter')
    expect(screen.getByText('Sent as soon as the picture is read')).toBeTruthy()
    type('What is it?')
    await act(() => read)
    expect(feature.composer.store.getState().draft.text).toBe('What is it?')
    expect(details.size).toBe(0)
    read = attachFiles(feature, [image()])
    press('Enter')
    await act(() => read)
    await waitFor(() => expect(answers()[0]?.getAttribute('aria-busy')).toBe('false'))
    const [said] = [...details.values()].flatMap(({ messages }) => messages)
    expect(said?.parts.map(({ type }) => type).sort()).toEqual(['picture', 'picture', 'text'])
  })

  it('does not send words without the picture that they were written for', async () => {
    const { feature, details } = await openPanel()
    type('What is it?')
    const read = attachFiles(feature, [new File(['x'], 'notes.txt')])
    press('Enter')
    await act(() => read)
    expect(details.size).toBe(0)
    expect(feature.composer.store.getState()).toMatchObject({ isToBeSent: false, draft: { text: 'What is it?' } })
  })

  it('breaks the line at Shift+Enter, and never sends while words are composed', async () => {
    const { details } = await openPanel()
    type('one')
    press('Enter', { shiftKey: true })
    press('Enter', { isComposing: true })
    await act(() => Promise.resolve())
    expect(details.size).toBe(0)
  })

  it('says why Auto chose what it chose', async () => {
    await openPanel()
    type('draw a cat')
    expect(await screen.findByText('Auto draws: “draw” asks for a picture')).toBeTruthy()
  })

  it('keeps the words where the core refuses them, with what to leave out', async () => {
    const { studio } = await openDesk()
    Object.assign(studio.client.chat, {
      send: async () => {
        const leaveOut = [{ messageId: 'm1', rows: 900 }] as never
        throw new StudioError('CONTEXT_FULL', 'The context is full', { context: { rows: 3000, limit: 2048, leaveOut } })
      },
    })
    type('one more')
    press('Enter')
    const note = await screen.findByText('The context is full')
    expect(field().value).toBe('one more')
    fireEvent.click(within(note.closest<HTMLElement>('[role="alert"]')!).getByRole('button', { name: /Leave out/ }))
    await waitFor(() => expect(within(own()[0]!).getByText('left out')).toBeTruthy())
  })

  it('is stopped by Esc, and what there is stays', async () => {
    await openPanel({ rate: 20, answer: 'word '.repeat(400) })
    type('Go on')
    press('Enter')
    await waitFor(() => expect(answers()[0]?.textContent).toContain('word'))
    fireEvent.keyDown(document.body, { key: 'Escape' })
    await waitFor(() => expect(within(answers()[0]!).getByText('stopped')).toBeTruthy())
    expect(answers()[0]?.textContent).toContain('word')
  })
})

describe('branches', () => {
  it('takes up the last message at Up, and puts the new words beside the old', async () => {
    await openDesk()
    press('ArrowUp')
    expect(field().value).toBe('Now draw a small castle in a meadow, with a unicorn at the gate.')
    expect(screen.getByText('Editing your message.')).toBeTruthy()
    type('Name the castle')
    press('Enter')
    await waitFor(() => expect(own().at(-1)?.textContent).toContain('Name the castle'))
    expect(own().at(-1)?.textContent).toContain('3 / 3')
    fireEvent.click(within(own().at(-1)!).getByRole('button', { name: 'Previous message' }))
    await waitFor(() => expect(own().at(-1)?.textContent).toContain('2 / 3'))
  })

  it('leaves an edit at Esc, with what stood there before', async () => {
    await openDesk()
    fireEvent.click(within(own()[1]!).getByRole('button', { name: 'Edit the message' }))
    fireEvent.keyDown(field(), { key: 'Escape' })
    expect(screen.queryByText('Editing your message.')).toBeNull()
    expect(field().value).toBe('')
  })

  it('changes an answer’s words beside themselves', async () => {
    await openDesk()
    fireEvent.click(within(answers()[0]!).getByRole('button', { name: 'More for this answer' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Change its words…' }))
    const words = screen.getByRole('textbox', { name: 'Other words for this answer' })
    fireEvent.change(words, { target: { value: 'Three books.' } })
    fireEvent.click(screen.getByRole('button', { name: 'Keep these words' }))
    await waitFor(() => expect(answers()[0]?.textContent).toContain('4 / 4'))
    expect(within(answers()[0]!).getByText('edited')).toBeTruthy()
  })
})

describe('pictures', () => {
  it('are edited once, and the switch goes back to Auto', async () => {
    const { feature } = await openDesk()
    fireEvent.click(within(answers()[1]!).getByRole('button', { name: 'Edit this' }))
    expect(feature.composer.store.getState().draft).toMatchObject({ mode: 'edit', attachments: [{ width: 512 }] })
    type('a red hat')
    press('Enter')
    await waitFor(() => expect(own()).toHaveLength(4))
    expect(feature.composer.store.getState().draft).toMatchObject({ mode: 'auto', attachments: [] })
  })

  it('come from another panel as soon as the composer is ready', async () => {
    const { feature, studio } = await openPanel()
    act(() => studio.parcels.setState({ parcel: { to: 'chat', assetId: fakeAssetId(7), name: 'a cat' } }))
    await waitFor(() => expect(feature.composer.store.getState().draft.attachments).toHaveLength(1))
    expect(studio.parcels.getState().parcel).toBeNull()
  })

  it('are numbered, and refused in their place with the reason', async () => {
    const { feature } = await openPanel()
    const image = (name: string) => new File(['x'], name, { type: 'image/png' })
    await act(() => attachFiles(feature, [image('a.png'), new File(['x'], 'notes.txt'), image('b.png')]))
    const strip = screen.getByRole('list', { name: 'Attached pictures' })
    expect(within(strip).getByRole('alert').textContent).toContain('notes.txt is no picture')
    expect(feature.composer.store.getState().draft.attachments.map(({ name }) => name)).toEqual(['a.png', 'b.png'])
    fireEvent.keyDown(within(strip).getByRole('button', { name: /^b\.png/ }), { key: 'ArrowLeft', altKey: true })
    expect(feature.composer.store.getState().draft.attachments.map(({ name }) => name)).toEqual(['b.png', 'a.png'])
  })

  it('are taken up to what the model reads in one message', async () => {
    const { feature } = await openPanel()
    const files = Array.from({ length: 6 }, (_, index) => new File(['x'], `${index}.png`, { type: 'image/png' }))
    await act(() => attachFiles(feature, files))
    expect(feature.composer.store.getState().draft.attachments).toHaveLength(4)
    expect((await screen.findAllByText(/at most 4 pictures/)).length).toBeGreaterThan(0)
  })

  it('are not taken by a model of words alone, which offers its ways of drafting instead', async () => {
    const { feature } = await openPanel({ isTextOnly: true })
    await act(() => attachFiles(feature, [new File(['x'], 'a.png', { type: 'image/png' })]))
    expect(feature.composer.store.getState().draft.attachments).toEqual([])
    expect(screen.queryByRole('radio', { name: 'Draw' })).toBeNull()
    expect(screen.getByRole('button', { name: /Drafting strategy/ })).toBeTruthy()
  })

  it('leave words to a model that another of the library may draft for', async () => {
    const { feature } = await openPanel({ isTextOnly: true })
    fireEvent.click(screen.getByRole('button', { name: /Drafting strategy/ }))
    expect((await screen.findByRole('option', { name: /Stranger/ })).getAttribute('aria-disabled')).toBe('true')
    fireEvent.click(screen.getByRole('option', { name: /Drafted by Small draft/ }))
    expect(feature.settings.current()).toMatchObject({ strategy: { name: 'draft', draftModel: 'small-draft' } })
    expect(screen.getByRole('button', { name: /Drafting strategy/ }).textContent).toContain('Small draft')
  })
})

describe('the settings', () => {
  it('start from the model’s own, and go back to them', async () => {
    const { feature } = await openPanel()
    void act(() => feature.view.setState({ isSideOpen: true, sideTab: 'settings' }))
    const scale = screen.getByRole('textbox', { name: 'Text scale, exact' })
    fireEvent.change(scale, { target: { value: '6' } })
    fireEvent.blur(scale)
    expect(feature.settings.current()).toEqual({ drawing: { textScale: 6 } })
    expect(screen.getByText(/The model's own is 4\./)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Reset all' }))
    expect(feature.settings.current()).toEqual({})
  })

  it('come back from an answer with its seed, and go away with the model they belong to', async () => {
    const { feature } = await openDesk()
    fireEvent.click(within(answers()[1]!).getByRole('button', { name: 'More for this answer' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Reuse its settings and seed' }))
    expect(feature.settings.current()).toMatchObject({ seed: 418205937, precision: 'int4', drawing: { steps: 24 } })
    act(() => feature.settings.chooseModel('small-talk' as ModelId))
    expect(feature.settings.current()).not.toHaveProperty('precision')
    expect(feature.settings.current()).toHaveProperty('seed', 418205937)
  })
})

describe('conversations', () => {
  it('go to the bin and come back, with what was open', async () => {
    const { feature, studio } = await openDesk()
    const row = await screen.findByRole('button', { name: /^Desk, penguin, castle/ })
    fireEvent.keyDown(row, { key: 'Delete' })
    expect(feature.open.store.getState().conversationId).toBeNull()
    expect(screen.queryByRole('button', { name: /^Desk, penguin, castle/ })).toBeNull()
    act(() => void studio.undo.undo())
    expect(feature.open.store.getState().conversationId).toBe('desk')
    expect(await screen.findByRole('button', { name: /^Desk, penguin, castle/ })).toBeTruthy()
  })

  it('are renamed in their place', async () => {
    const { details } = await openDesk()
    fireEvent.keyDown(await screen.findByRole('button', { name: /^Desk, penguin, castle/ }), { key: 'F2' })
    const title = screen.getByRole('textbox', { name: 'Title' })
    fireEvent.change(title, { target: { value: 'Calm desk' } })
    fireEvent.keyDown(title, { key: 'Enter' })
    await waitFor(() => expect(details.get('desk')?.conversation).toMatchObject({ title: 'Calm desk', named: true }))
    expect(await screen.findByRole('button', { name: /^Calm desk/ })).toBeTruthy()
  })

  it('are drawn only as far as they are in sight', async () => {
    await openPanel({ others: 3000 })
    await screen.findAllByRole('button', { name: /^Count the apples/ })
    const list = screen.getByRole('complementary', { name: 'Conversations' })
    expect(within(list).getAllByRole('listitem').length).toBeLessThan(80)
  })
})
