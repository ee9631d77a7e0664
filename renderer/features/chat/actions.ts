import type { Answer, DrawnPart, Message, UserMessage } from '../../../contract/chat'
import type { ChatModeChoice, ChatSettings } from '../../../contract/chat-settings'
import { activePath, siblingsOf, textOf } from '../../../contract/chat-tree'
import type { Failure } from '../../../contract/errors'
import type { AssetId, MessageId, ModelId } from '../../../contract/ids'
import { announce } from '../../ui/live-region'
import { plural } from '../../ui/format'
import { showToast } from '../../ui/toaster'
import { isReading } from './composer/composer-store'
import { showConversation, type ChatFeature } from './feature'
import { answerInHand, currentModel } from './selectors'
import { settingsOf } from './reuse'

export function tell({ message, remedy }: Failure): void {
  showToast({ tone: 'fail', text: message, ...(remedy === undefined ? {} : { detail: remedy }) })
}

/** Runs a call; what goes wrong is noted and told. @returns whether it went well */
export async function attempt(feature: ChatFeature, doing: string, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    tell(feature.studio.report(doing, error))
    return false
  }
}

/** Why the composer cannot be sent now, in words; null where it can. */
export function whyNotSend(feature: ChatFeature): string | null {
  const { draft, pending, isSending } = feature.composer.store.getState()
  if (currentModel(feature) === null) return 'No model is there to answer'
  if (isSending) return 'It is being sent'
  const isEmpty = draft.text.trim() === '' && draft.attachments.length === 0
  if (isEmpty && !isReading(pending)) return 'Write something or attach a picture'
  if (answerInHand(feature.open.store.getState().detail) !== null) return 'An answer is being given: stop it, or wait'
  return null
}

/**
 * Says what stands in the composer: at once, or where a picture is still being read, as soon as that is done.
 * Where the core refuses it, the words stay and the reason is shown.
 */
export async function send(feature: ChatFeature): Promise<void> {
  const { composer, studio, drafts, settings } = feature
  if (whyNotSend(feature) !== null) return
  const { draft, pending } = composer.store.getState()
  if (isReading(pending)) {
    composer.store.setState({ isToBeSent: true })
    announce('It is sent as soon as the picture is read.')
    return
  }
  composer.store.setState({ isSending: true, isToBeSent: false, failure: null })
  try {
    await settings.flush()
    if (draft.editing !== null) {
      const { editing, ...said } = draft
      await studio.client.chat.edit({ messageId: editing, ...said })
    } else await sayNext(feature)
    composer.sent()
    void drafts.flush()
  } catch (error) {
    composer.store.setState({ failure: studio.report('Sending a message', error) })
  } finally {
    composer.store.setState({ isSending: false })
  }
}

async function sayNext(feature: ChatFeature): Promise<void> {
  const { composer, open, studio, view } = feature
  const { text, attachments, mode } = composer.store.getState().draft
  const known = open.store.getState().conversationId
  if (known !== null) {
    await studio.client.chat.send({ conversationId: known, text, attachments, mode })
    return
  }
  const { newSettings, isTemporary } = view.getState()
  const folder = feature.list.store.getState().folder ?? null
  const model = currentModel(feature)
  const conversation = await studio.client.chat.create({
    settings: newSettings,
    temporary: isTemporary,
    folder,
    ...(model === null ? {} : { modelId: model.id }),
  })
  try {
    await studio.client.chat.send({ conversationId: conversation.id, text, attachments, mode })
  } catch (error) {
    // What was never said in must not lie in the list.
    await studio.client.chat.remove({ conversationIds: [conversation.id] })
    throw error
  }
  composer.sent()
  view.setState({ isTemporary: false })
  showConversation(feature, conversation.id)
}

/** Stops the answer in the making; what there is of it is kept. @returns whether there was one */
export function stopAnswer(feature: ChatFeature): boolean {
  const answer = answerInHand(feature.open.store.getState().detail)
  if (answer === null) return false
  void attempt(feature, 'Stopping', () => feature.studio.client.chat.stop({ messageId: answer.id }))
  announce('Stopped. What was there is kept.')
  return true
}

export interface Again {
  readonly mode?: ChatModeChoice
  readonly modelId?: ModelId
  readonly settings?: ChatSettings
}

export async function regenerate(feature: ChatFeature, messageId: MessageId, again: Again = {}): Promise<void> {
  await feature.settings.flush()
  await attempt(feature, 'Asking again', () => feature.studio.client.chat.regenerate({ messageId, ...again }))
}

/** Does a failed answer once more, in its place where its job is still known. */
export function retry(feature: ChatFeature, { id, jobId }: Answer): void {
  const job = jobId === null ? undefined : feature.studio.jobs.getState().jobs[jobId]
  if (job?.status !== 'failed') void regenerate(feature, id)
  else void attempt(feature, 'Trying again', () => feature.studio.client.jobs.retry({ jobId: job.id }))
}

/** Draws again at half the size, for where the memory did not reach. */
export function retrySmaller(feature: ChatFeature, { id, parameters: { drawing } }: Answer): void {
  if (drawing === null) return
  const half = (side: number): number => Math.max(32, Math.round(side / 32) * 16)
  const smaller = { width: half(drawing.width), height: half(drawing.height) }
  void regenerate(feature, id, { settings: { drawing: smaller } })
}

export function goOn(feature: ChatFeature, messageId: MessageId): void {
  void attempt(feature, 'Going on', () => feature.studio.client.chat.continue({ messageId }))
}

export function rewrite(feature: ChatFeature, messageId: MessageId, text: string): Promise<boolean> {
  return attempt(feature, 'Rewriting an answer', () => feature.studio.client.chat.rewrite({ messageId, text }))
}

export function rethink(feature: ChatFeature, messageId: MessageId, think: string): Promise<boolean> {
  return attempt(feature, 'Drawing again', () => feature.studio.client.chat.rethink({ messageId, think }))
}

/** Shows the branch to the left or right of a message. */
export function chooseSibling(feature: ChatFeature, message: Message, direction: 1 | -1): void {
  const { detail } = feature.open.store.getState()
  if (detail === null) return
  const siblings = siblingsOf(detail.messages, message)
  const place = siblings.findIndex(({ id }) => id === message.id) + direction
  const next = siblings[place]
  if (next === undefined) return
  announce(`${message.role === 'user' ? 'Message' : 'Answer'} ${place + 1} of ${siblings.length}`)
  chooseBranch(feature, next.id)
}

export function chooseBranch(feature: ChatFeature, messageId: MessageId): void {
  void attempt(feature, 'Showing a branch', () => feature.studio.client.chat.choose({ messageId }))
}

/** Takes up the last message of one's own on the branch that is shown. @returns whether there is one */
export function editLast(feature: ChatFeature): boolean {
  const { detail } = feature.open.store.getState()
  if (detail === null || answerInHand(detail) !== null) return false
  const last = activePath(detail).findLast((message): message is UserMessage => message.role === 'user')
  if (last === undefined) return false
  feature.composer.edit(last)
  return true
}

export function leaveOut(feature: ChatFeature, messageIds: readonly MessageId[], leftOut: boolean): void {
  const change = (value: boolean) =>
    attempt(feature, 'Leaving messages out', () =>
      feature.studio.client.chat.leaveOut({ messageIds: [...messageIds], leftOut: value }),
    )
  void change(leftOut)
  const entry = { what: 'Messages left out', undo: () => void change(!leftOut) }
  feature.studio.undo.push(entry)
  showToast({
    text: leftOut ? `${plural(messageIds.length, 'message')} left out` : 'Taken in again',
    detail: leftOut ? 'shown, but no longer read' : '',
    action: { label: 'Undo', keys: '$mod+z', run: () => feature.studio.undo.undo(entry) },
  })
}

/** Puts a drawn picture into the composer, to be changed by the next words. */
export function editPicture(feature: ChatFeature, part: DrawnPart): void {
  if (part.assetId === null || part.thumbnailId === null) return
  const { assetId, thumbnailId, width, height } = part
  const { attachments } = feature.composer.store.getState().draft
  const isThere = attachments.some((one) => one.assetId === assetId)
  const picture = { assetId, thumbnailId, width, height, name: null }
  feature.composer.change({ attachments: isThere ? attachments : [...attachments, picture] })
  feature.composer.chooseOnce('edit')
  feature.composer.focus()
  announce('The picture is attached. Say what to change.')
}

/** Takes an answer's settings and seed for the turns to come. */
export function reuse(feature: ChatFeature, answer: Answer): void {
  const before = feature.settings.current()
  feature.settings.replace(settingsOf(answer))
  const entry = { what: 'Settings reused', undo: () => feature.settings.replace(before) }
  feature.studio.undo.push(entry)
  showToast({
    id: 'reuse',
    text: 'Settings set',
    detail: `as of this answer, seed ${answer.parameters.sampling.seed}`,
    action: { label: 'Undo', keys: '$mod+z', run: () => feature.studio.undo.undo(entry) },
  })
}

export async function copyPicture(feature: ChatFeature, assetId: AssetId): Promise<void> {
  const isCopied = await attempt(feature, 'Copying', () => feature.studio.host.copyImage(assetId))
  if (isCopied) showToast({ tone: 'ok', text: 'Picture copied' })
}

export async function savePicture(feature: ChatFeature, assetId: AssetId, name: string): Promise<void> {
  await attempt(feature, 'Saving', async () => {
    if (await feature.studio.host.saveImageAs(assetId, name)) showToast({ tone: 'ok', text: 'Saved', detail: name })
  })
}

export async function copyMessage(message: Message): Promise<void> {
  await navigator.clipboard.writeText(textOf(message))
  showToast({ id: 'copied', tone: 'ok', text: message.role === 'user' ? 'Message copied' : 'Answer copied' })
}

/** Shows a picture of the conversation in Detect. */
export function sendToDetect({ studio }: ChatFeature, assetId: AssetId, name: string): void {
  studio.parcels.setState({ parcel: { to: 'detect', assetId, name } })
}
