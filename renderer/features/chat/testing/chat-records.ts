import type {
  Answer,
  Attachment,
  Conversation,
  DrawnPart,
  Message,
  MessagePart,
  UserMessage,
} from '../../../../contract/chat'
import type { ChatDefaults, ChatModelFacts } from '../../../../contract/chat-models'
import type { ChatMode } from '../../../../contract/chat-settings'
import type { ConversationId, JobId, MessageId, ModelId } from '../../../../contract/ids'
import type { Model } from '../../../../contract/models'
import { samplingSchema } from '../../../../contract/speculation'
import { fakeAssetId, fakeModel } from '../../../testing/fake-data'

/** Records of conversations for tests and for looking at the panel without a core. */

const drawing = {
  width: 512,
  height: 512,
  steps: 24,
  shift: 3,
  textScale: 4,
  imageScale: 1.5,
  interval: [0.4, 1] as [number, number],
  renorm: 'global' as const,
  renormMin: 0,
  taylorSeer: false,
}

const defaultsOf = (mode: ChatMode): ChatDefaults => ({
  maxTokens: 512,
  thinkTokens: 1024,
  temperature: 0.3,
  drawing: mode === 'read' ? null : { ...drawing, ...(mode === 'edit' ? { imageScale: 2, interval: [0, 1] } : {}) },
})

const facts: ChatModelFacts = {
  modes: ['read', 'draw', 'edit'],
  seesPictures: true,
  maxPictures: 4,
  canThink: true,
  canContinue: true,
  contextLength: 32768,
  precisions: ['int4', 'int8'],
  defaultPrecision: 'int4',
  strategies: ['plain'],
  defaults: { read: defaultsOf('read'), draw: defaultsOf('draw'), edit: defaultsOf('edit') },
  sizes: [
    [512, 512],
    [512, 384],
    [384, 512],
  ],
  maxSide: 1024,
  knows: {
    subjects: ['dog', 'cat', 'penguin', 'rocket', 'apple', 'castle', 'unicorn', 'moon'],
    kinds: ['what is it', 'how many', 'which colour', 'where is it', 'draw it', 'recolour the background', 'add one'],
    sentence: 'It names, counts and places emoji-like objects, says their colours, and draws or edits such pictures.',
  },
  prompts: [
    'a red apple and a yellow moon on a blue ground',
    'What is in the picture?',
    'draw two penguins',
    'How many are there?',
    'make the background green',
  ],
}

export const pictureModel: Model & { chat: ChatModelFacts } = {
  ...fakeModel,
  image: undefined,
  id: 'bagel-emoji' as ModelId,
  family: 'bagel',
  name: 'BAGEL Emoji',
  description: 'Reads, draws and edits emoji-like pictures.',
  bytes: 78_000_000,
  precision: 'int4',
  chat: facts,
}

export const textModel: Model & { chat: ChatModelFacts } = {
  ...pictureModel,
  id: 'small-talk' as ModelId,
  family: 'causal-lm',
  name: 'Small talk 135M',
  description: 'A small model for plain English.',
  chat: {
    ...facts,
    modes: ['read'],
    seesPictures: false,
    maxPictures: 0,
    canThink: false,
    contextLength: 2048,
    strategies: ['plain', 'lookup', 'medusa', 'mtp'],
    defaults: { read: { ...defaultsOf('read'), temperature: 0 } },
    sizes: [],
    knows: undefined,
    prompts: ['Explain why the sky is blue.', 'Name three birds.'],
  },
}

export function attachment(number: number, name: string | null = null): Attachment {
  return { assetId: fakeAssetId(number), thumbnailId: fakeAssetId(number), width: 1200, height: 900, name }
}

export function conversation(id: string, changes: Partial<Conversation> = {}): Conversation {
  return {
    id: id as ConversationId,
    title: 'Desk, penguin, castle',
    named: false,
    folder: null,
    pinned: false,
    temporary: false,
    createdAt: 1,
    updatedAt: 1,
    deletedAt: null,
    modelId: pictureModel.id,
    settings: {},
    activeRootId: null,
    ...changes,
  }
}

interface Place {
  readonly id: string
  readonly parent: string | null
  readonly next?: string | null
  readonly at?: number
}

export function said(place: Place, text: string, changes: Partial<UserMessage> = {}): UserMessage {
  return { ...base(place), role: 'user', asked: 'auto', parts: text === '' ? [] : [{ type: 'text', text }], ...changes }
}

export function answered(place: Place, parts: MessagePart[], changes: Partial<Answer> = {}): Answer {
  const mode: ChatMode = parts.some(({ type }) => type === 'drawn') ? 'draw' : 'read'
  return {
    ...base(place),
    role: 'assistant',
    parts,
    status: 'complete',
    failure: null,
    jobId: `job-${place.id}` as JobId,
    modelId: pictureModel.id,
    modelName: pictureModel.name,
    modelHash: 'abc123',
    decision: { asked: 'auto', mode, rule: 'question', reason: '“what” asks for words' },
    parameters: {
      system: '',
      think: false,
      maxTokens: 512,
      thinkTokens: 1024,
      sampling: samplingSchema.parse({ temperature: 0.3, seed: 418205937 }),
      strategy: null,
      precision: 'int4',
      drawing: mode === 'read' ? null : drawing,
      history: true,
    },
    statistics: null,
    edited: false,
    ...changes,
  }
}

export function drawn(number: number, changes: Partial<DrawnPart> = {}): DrawnPart {
  return {
    type: 'drawn',
    assetId: fakeAssetId(number),
    thumbnailId: fakeAssetId(number),
    width: 512,
    height: 512,
    step: 24,
    steps: 24,
    state: 'done',
    frames: [],
    sourceId: null,
    changed: null,
    imageId: null,
    ...changes,
  }
}

function base({
  id,
  parent,
  next = null,
  at = 1,
}: Place): Pick<Message, 'id' | 'conversationId' | 'parentId' | 'activeChildId' | 'createdAt' | 'leftOut'> {
  return {
    id: id as MessageId,
    conversationId: 'desk' as ConversationId,
    parentId: parent as MessageId | null,
    activeChildId: next as MessageId | null,
    createdAt: at,
    leftOut: false,
  }
}
