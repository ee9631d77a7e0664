import type { ChatMode, ChatModeChoice, Renorm } from '../../../contract/chat-settings'

interface Words {
  readonly label: string
  readonly about: string
}

export const modeWords: Readonly<Record<ChatModeChoice, Words>> = {
  auto: { label: 'Auto', about: 'Chooses by what is said, and says why' },
  read: { label: 'Read', about: 'Looks and answers in words' },
  draw: { label: 'Draw', about: 'Draws a picture from words' },
  edit: { label: 'Edit', about: 'Changes a picture' },
}

/** What a turn will do, as a verb in a sentence. */
export const modeVerbs: Readonly<Record<ChatMode, string>> = {
  read: 'answers in words',
  draw: 'draws',
  edit: 'edits',
}

export const renormWords: Readonly<Record<Renorm, Words>> = {
  global: { label: 'Global', about: 'One length for the whole picture' },
  channel: { label: 'Channel', about: 'Each token by itself, after both guidances' },
  text_channel: { label: 'Text channel', about: 'Each token by itself, after the text guidance' },
}
