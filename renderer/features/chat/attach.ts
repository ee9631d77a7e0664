import { chatLimits } from '../../../contract/chat-settings'
import type { Failure } from '../../../contract/errors'
import type { AssetId } from '../../../contract/ids'
import { plural } from '../../ui/format'
import { showToast } from '../../ui/toaster'
import { send } from './actions'
import { isReading } from './composer/composer-store'
import type { ChatFeature } from './feature'
import { currentModel } from './selectors'

let nextKey = 1

/** Reads files into the composer, in their order. Each that is refused stays there with the reason until it is taken away. */
export async function attachFiles(feature: ChatFeature, files: readonly File[]): Promise<void> {
  const taken = files.slice(0, roomFor(feature, files.length))
  const entries = taken.map((file) => ({ file, key: nextKey++, url: pictureUrl(file) }))
  feature.composer.store.setState((state) => ({
    pending: [...state.pending, ...entries.map(({ file, key, url }) => ({ key, name: file.name, url, failure: null }))],
  }))
  // One after the other, so that their numbers follow the order in which they were given.
  for (const { file, key } of entries) await read(feature, key, { file })
  for (const { url } of entries) if (url !== null) URL.revokeObjectURL(url)
  sendWhatWaited(feature)
}

/** A picture that the studio has already: of the gallery, or dragged from another place on the page. */
export async function attachAsset(feature: ChatFeature, assetId: AssetId, name: string): Promise<void> {
  if (feature.composer.store.getState().draft.attachments.some((one) => one.assetId === assetId)) {
    showToast({ text: 'This picture is attached already' })
    return
  }
  if (roomFor(feature, 1) === 0) return
  const key = nextKey++
  feature.composer.store.setState((state) => ({
    pending: [...state.pending, { key, name, url: feature.studio.assetUrl(assetId), failure: null }],
  }))
  await read(feature, key, { assetId })
  sendWhatWaited(feature)
}

/** Sends what was to be sent while pictures were still being read. */
function sendWhatWaited(feature: ChatFeature): void {
  const { isToBeSent, pending } = feature.composer.store.getState()
  if (isToBeSent && !isReading(pending)) void send(feature)
}

async function read(feature: ChatFeature, key: number, input: { file: File } | { assetId: AssetId }): Promise<void> {
  const { composer, studio } = feature
  const { conversationId } = composer.store.getState()
  try {
    const attachment = await studio.client.chat.attach(input)
    // Whoever has gone on to another conversation meanwhile did not mean it for that one.
    if (composer.store.getState().conversationId !== conversationId) return
    const { attachments } = composer.store.getState().draft
    dropPending(feature, key)
    composer.change({ attachments: [...attachments, attachment] })
  } catch (error) {
    fail(feature, key, studio.report('Reading a picture', error))
  }
}

function fail(feature: ChatFeature, key: number, failure: Failure): void {
  feature.composer.store.setState((state) => ({
    // Words that were meant with this picture are not sent without it.
    isToBeSent: false,
    pending: state.pending.map((one) => (one.key === key ? { ...one, url: null, failure } : one)),
  }))
}

export function dropPending(feature: ChatFeature, key: number): void {
  feature.composer.store.setState((state) => ({ pending: state.pending.filter((one) => one.key !== key) }))
}

/** Moves a picture to another place: the model reads them in their order. */
export function moveAttachment(feature: ChatFeature, from: number, to: number): void {
  const attachments = [...feature.composer.store.getState().draft.attachments]
  const [moved] = attachments.splice(from, 1)
  if (moved === undefined || to < 0 || to > attachments.length) return
  attachments.splice(to, 0, moved)
  feature.composer.change({ attachments })
}

export function removeAttachment(feature: ChatFeature, index: number): void {
  const before = feature.composer.store.getState().draft.attachments
  const { conversationId } = feature.composer.store.getState()
  feature.composer.change({ attachments: before.filter((_, place) => place !== index) })
  feature.studio.undo.push({
    what: 'Picture taken away',
    undo() {
      if (feature.composer.store.getState().conversationId === conversationId)
        feature.composer.change({ attachments: before })
    },
  })
}

/** How many of so many pictures can still be taken; says so where it is fewer. */
function roomFor(feature: ChatFeature, wanted: number): number {
  const model = currentModel(feature)
  const most = Math.min(chatLimits.pictures, model?.chat.maxPictures ?? chatLimits.pictures)
  if (most === 0) {
    showToast({
      tone: 'warn',
      text: `${model?.name ?? 'This model'} reads text only`,
      detail: 'Choose a model that sees pictures.',
    })
    return 0
  }
  const { draft, pending } = feature.composer.store.getState()
  const waiting = pending.filter(({ failure }) => failure === null).length
  const room = Math.max(0, Math.min(wanted, most - draft.attachments.length - waiting))
  if (room < wanted) {
    showToast({
      tone: 'warn',
      text: `A message takes at most ${plural(most, 'picture')}`,
      detail: `${plural(wanted - room, 'picture was', 'pictures were')} left out.`,
    })
  }
  return room
}

function pictureUrl(file: File): string | null {
  return file.type.startsWith('image/') ? URL.createObjectURL(file) : null
}
