import type { Answer, DrawnPart, Message, MessagePart, ThinkPart } from '../../contract/chat'
import type { TurnStatistics } from '../../contract/chat-statistics'
import type { Failure } from '../../contract/errors'
import type { AssetId } from '../../contract/ids'
import type { Frame } from '../../contract/images'
import type { ChatTurnEvent, ChatTurnStatistics, PlannedPicture } from '../chat/turn'
import type { AssetStore } from '../storage/assets'
import { changedShare } from './changed-share'
import type { ChatStore } from './chat-store'
import { encodePng, encodePreview, decodePicture } from './pictures'

const previewSide = 512
const thumbnailSide = 256
/** Words are sent on in pieces of this many milliseconds, so that the window draws as often as it can show. */
const pieceMilliseconds = 33
/** How often a growing answer is written down: what a crash can cost. */
const saveMilliseconds = 400

export interface WriterNeeds {
  readonly store: ChatStore
  readonly assets: AssetStore
  /** Writes into a picture's file how it was made. */
  readonly describe: (png: Uint8Array) => Uint8Array
  readonly onFrame: (frame: Frame) => void
  readonly now?: () => number
}

/** Puts an answer together from the worker's events, tells those who follow it, and files it as it grows. */
export class AnswerWriter {
  readonly #needs: WriterNeeds
  readonly #now: () => number
  readonly #source: AssetId | null
  readonly #path: readonly Message[]
  #answer: Answer
  #parts: MessagePart[]
  /** Words that were not sent on yet: all of one part. */
  #piece: { part: number; text: string; tokens: number } | null = null
  #flushTimer: NodeJS.Timeout | null = null
  #savedAt = 0
  #thinkStarted = 0
  #statistics: ChatTurnStatistics | null = null
  /** Pictures are encoded and filed in the order in which they came, without holding the worker up. */
  #filing: Promise<void> = Promise.resolve()

  /** @param path the branch before the answer; its pictures learn as what they were sent */
  constructor(answer: Answer, path: readonly Message[], source: AssetId | null, needs: WriterNeeds) {
    this.#answer = answer
    this.#parts = [...answer.parts]
    this.#path = path
    this.#source = source
    this.#needs = needs
    this.#now = needs.now ?? (() => performance.now())
  }

  /** What was measured; null until the turn is over, and where it failed. */
  get statistics(): ChatTurnStatistics | null {
    return this.#statistics
  }

  take(event: ChatTurnEvent): void {
    switch (event.type) {
      case 'text':
        return this.#write(event.part === 'think' ? 'think' : 'text', event.text, event.tokens)
      case 'thought':
        return this.#closeThought(event.closed)
      case 'pictures':
        return this.#markSent(event.pictures)
      case 'phase':
        if (event.phase === 'draw') this.#drawn()
        return
      case 'step':
        return this.#step(event)
      case 'picture':
        return this.#file(() => this.#finishPicture(event))
      case 'statistics':
        this.#statistics = event.statistics
        return
      case 'prefill':
      case 'log':
        return
    }
  }

  /** Waits for pictures to be filed and closes the answer. @throws what filing threw */
  async finish(
    end: { status: Answer['status']; failure: Failure | null },
    statistics: TurnStatistics | null,
  ): Promise<void> {
    try {
      await this.#filing
    } finally {
      this.#flush()
      // A picture that no last event came for stays as its newest preview; one without any was never begun.
      this.#parts = this.#parts.flatMap((part): MessagePart[] => {
        if (part.type !== 'drawn' || part.state !== 'drawing') return [part]
        return part.assetId === null ? [] : [{ ...part, state: 'partial' }]
      })
      this.#answer = this.#needs.store.patch(this.#answer, { ...end, parts: this.#parts, statistics })
    }
  }

  #write(type: 'think' | 'text', text: string, tokens: number): void {
    let part = this.#parts.findLastIndex((one) => one.type === type)
    // Words after a picture are a part of their own.
    if (part < this.#parts.length - 1) part = -1
    if (part < 0) {
      this.#flush()
      const fresh: MessagePart =
        type === 'text'
          ? { type, text: '' }
          : { type, text: '', closed: false, tokens: 0, milliseconds: 0, edited: false }
      if (type === 'think') this.#thinkStarted = this.#now()
      this.#parts = [...this.#parts, fresh]
      part = this.#parts.length - 1
      this.#save(true)
    }
    if (this.#piece !== null && this.#piece.part !== part) this.#flush()
    this.#piece = { part, text: (this.#piece?.text ?? '') + text, tokens }
    this.#flushTimer ??= setTimeout(() => this.#flush(), pieceMilliseconds)
  }

  #flush(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer)
    this.#flushTimer = null
    const piece = this.#piece
    this.#piece = null
    if (piece === null || piece.text === '') return
    this.#change(piece.part, (part) => {
      if (part.type === 'text') return { ...part, text: part.text + piece.text }
      return part.type === 'think' ? { ...part, text: part.text + piece.text, tokens: piece.tokens } : part
    })
    const { conversationId, id } = this.#answer
    this.#needs.store.publish(conversationId, { type: 'piece', messageId: id, ...piece })
    if (this.#now() - this.#savedAt > saveMilliseconds) this.#save(false)
  }

  #closeThought(closed: boolean): void {
    this.#flush()
    const place = this.#parts.findLastIndex((part) => part.type === 'think')
    if (place < 0) return
    const milliseconds = this.#now() - this.#thinkStarted
    this.#change(place, (part) =>
      part.type === 'think' && !part.edited ? ({ ...part, closed, milliseconds } satisfies ThinkPart) : part,
    )
    this.#save(true)
  }

  /** Writes down, on the pictures of the messages before, as what they were given to the model. */
  #markSent(pictures: readonly PlannedPicture[]): void {
    const sent = new Map(pictures.map((picture) => [picture.id, picture]))
    for (const message of this.#path) {
      let changed = false
      const parts = message.parts.map((part) => {
        const facts = part.type === 'picture' ? sent.get(part.assetId) : undefined
        if (part.type !== 'picture' || facts === undefined) return part
        changed = true
        return { ...part, seen: facts.seen ?? part.seen, encoded: facts.encoded ?? part.encoded }
      })
      if (changed) this.#needs.store.patch(message, { parts })
    }
  }

  /** The place of the picture that is being drawn, which begins with the first word of it. */
  #drawn(): number {
    const place = this.#parts.findLastIndex((part) => part.type === 'drawn' && part.state === 'drawing')
    const { drawing } = this.#answer.parameters
    if (place >= 0 || drawing === null) return place
    this.#flush()
    const part: DrawnPart = {
      type: 'drawn',
      assetId: null,
      thumbnailId: null,
      width: drawing.width,
      height: drawing.height,
      step: 0,
      steps: drawing.steps - 1,
      state: 'drawing',
      frames: [],
      sourceId: this.#source,
      changed: null,
      imageId: null,
    }
    this.#parts = [...this.#parts, part]
    this.#save(true)
    return this.#parts.length - 1
  }

  #step({ step, timestep, preview }: ChatTurnEvent & { type: 'step' }): void {
    const part = this.#drawn()
    this.#file(async () => {
      let frame: Frame | null = null
      if (preview !== null) {
        const pixels = { width: preview.width, height: preview.height, data: preview.rgb }
        frame = {
          step,
          sigma: timestep,
          assetId: await this.#needs.assets.put(await encodePreview(pixels, previewSide)),
        }
        this.#needs.onFrame(frame)
      }
      this.#change(part, (one) => {
        if (one.type !== 'drawn') return one
        return frame === null
          ? { ...one, step }
          : { ...one, step, assetId: frame.assetId, thumbnailId: frame.assetId, frames: [...one.frames, frame] }
      })
      const { conversationId, id } = this.#answer
      this.#needs.store.publish(conversationId, { type: 'step', messageId: id, part, step, frame })
      if (this.#now() - this.#savedAt > saveMilliseconds) this.#save(false)
    })
  }

  async #finishPicture(event: ChatTurnEvent & { type: 'picture' }): Promise<void> {
    const part = this.#drawn()
    const { assets, describe } = this.#needs
    const { width, height } = event
    const pixels = { width, height, data: event.rgb }
    const assetId = await assets.put(describe(await encodePng(pixels)))
    const thumbnailId = await assets.put(await encodePreview(pixels, thumbnailSide, 86))
    const changed = this.#source === null ? null : await this.#changedFrom(this.#source, pixels)
    this.#change(part, (one) =>
      one.type === 'drawn'
        ? {
            ...one,
            assetId,
            thumbnailId,
            width,
            height,
            step: event.stepsDone,
            steps: event.steps,
            state: event.partial ? 'partial' : 'done',
            changed,
          }
        : one,
    )
    this.#save(true)
  }

  async #changedFrom(source: AssetId, pixels: { width: number; height: number; data: Uint8Array }): Promise<number> {
    const before = await decodePicture(await this.#needs.assets.read(source), pixels, 3, 'attachments')
    return changedShare(before.data, pixels.data)
  }

  #change(place: number, change: (part: MessagePart) => MessagePart): void {
    this.#parts = this.#parts.map((part, index) => (index === place ? change(part) : part))
  }

  #save(tell: boolean): void {
    this.#savedAt = this.#now()
    this.#answer = this.#needs.store.patch(this.#answer, { parts: this.#parts }, tell)
  }

  #file(work: () => Promise<void>): void {
    this.#filing = this.#filing.then(work)
    // A failure is reported where the queue is awaited in `finish`; here it must only not count as unhandled.
    this.#filing.catch(() => undefined)
  }
}
