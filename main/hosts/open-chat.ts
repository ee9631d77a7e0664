import { freeMemory } from '../runtime/free-memory'
import { StudioError } from '../../contract/errors'
import type { Settings } from '../../contract/settings'
import type { JobQueue } from '../jobs/queue'
import type { ModelHashes } from '../models/hash'
import type { ModelLibrary } from '../models/library'
import type { TaskLine } from '../runtime/task-line'
import { BagelChatEngine } from '../services/bagel-chat-engine'
import type { ChatEngine } from '../services/chat-engine'
import { ChatJobs } from '../services/chat-job'
import { ChatService } from '../services/chat-service'
import { ChatStore } from '../services/chat-store'
import { ChatStreams } from '../services/chat-stream'
import { ChatTurns } from '../services/chat-turns'
import type { DeviceService } from '../services/device-service'
import { TextChatEngine } from '../services/text-chat-engine'
import type { AssetStore } from '../storage/assets'
import type { CalibrationsTable } from '../storage/calibrations-table'
import { ConversationsTable } from '../storage/conversations-table'
import type { Database } from '../storage/database'
import { DraftsTable } from '../storage/drafts-table'
import type { ImagesTable } from '../storage/images-table'
import { MessagesTable } from '../storage/messages-table'

export interface ChatNeeds {
  readonly database: Database
  readonly assets: AssetStore
  readonly images: ImagesTable
  readonly calibrations: CalibrationsTable
  readonly devices: DeviceService
  readonly worker: TaskLine
  readonly library: ModelLibrary
  readonly hashes: ModelHashes
  readonly settings: () => Settings
  /** Asked for when a turn is queued: the queue is made with the jobs that this gives. */
  readonly queue: () => JobQueue
}

/** Chat, put together from the rooms below. */
export interface OpenedChat {
  readonly service: ChatService
  readonly jobs: ChatJobs
  readonly conversations: ConversationsTable
}

export function openChat(needs: ChatNeeds): OpenedChat {
  const { database, assets, images, devices, settings, queue } = needs
  const conversations = new ConversationsTable(database)
  const messages = new MessagesTable(database)
  const drafts = new DraftsTable(database)
  const streams = new ChatStreams()
  const store = new ChatStore({ conversations, messages, streams })
  const engine = (modelId: string): Promise<ChatEngine> => chatEngine(modelId, needs)
  const jobs = new ChatJobs({ store, messages, assets, devices, settings, engine })
  const turns = new ChatTurns({
    store,
    messages,
    drafts,
    assets,
    engine,
    queue: (request, title) => queue().add({ kind: 'chat', request }, title),
    cancel: (jobId) => jobs.settle(queue().cancel(jobId)),
  })
  const service = new ChatService({ store, turns, streams, conversations, drafts, images, assets, engine })
  return { service, jobs, conversations }
}

/** Marks answers whose jobs are taken out of the queue, whoever does it, for as long as the queue lives. */
export async function followCancelled(queue: JobQueue, jobs: ChatJobs): Promise<void> {
  for await (const event of queue.watch()) if (event.type === 'job') jobs.settle(event.job)
}

async function chatEngine(modelId: string, needs: ChatNeeds): Promise<ChatEngine> {
  const { library, devices, hashes, calibrations, worker } = needs
  const { model, language, bagel } = await library.get(modelId)
  const facts = model.chat
  const memory = async (): Promise<{ free: number; resident: number }> => {
    const { models } = await devices.memory()
    return { free: freeMemory(), resident: models.find((resident) => resident.modelId === modelId)?.bytes ?? 0 }
  }
  if (facts !== undefined && language !== undefined) {
    return new TextChatEngine({
      model,
      facts,
      folder: language,
      worker,
      memory,
      modelHash: () => hashes.hash(language.files),
      draftFolder: async (drafterId) => (await library.languageModel(drafterId)).folder,
      calibration: (precision) => calibrations.find(modelId, precision),
    })
  }
  if (facts !== undefined && bagel !== undefined) {
    return new BagelChatEngine({
      model,
      facts,
      folder: bagel,
      worker,
      modelHash: () => hashes.hash(bagel.files),
      provider: async () => (await devices.choose()).provider,
      resident: async () => (await memory()).resident,
    })
  }
  throw new StudioError('MODEL_UNSUPPORTED', `${model.name} cannot chat`, {
    field: 'modelId',
    remedy: 'Choose a language model or one of the BAGEL family.',
  })
}
