import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StudioError } from '../../contract/errors'
import type { QuestionSample, Subject } from '../../contract/precision'
import type { BagelFolder } from '../chat/folder'
import type { TurnPicture } from '../chat/turn'
import type { ConversationInput } from '../precision/conversation'
import type { AssetStore } from '../storage/assets'
import { decodeAsStored, readPictureSize } from './pictures'

export interface PrecisionConversationNeeds {
  readonly assets: Pick<AssetStore, 'read' | 'put'>
  /** Folder of bundled pictures: one to ask about, and others to find ranges on. */
  readonly samples: string
}

interface ReadOptions {
  /** Whether pictures are wanted on which ranges of activations are found. */
  readonly isCalibrated: boolean
  readonly signal: AbortSignal
}

const askedPicture = 'ask.png'
const askedQuestion = 'What do you see?'

/** Reads pictures for comparisons of models that converse. */
export class PrecisionConversations {
  readonly #needs: PrecisionConversationNeeds

  constructor(needs: PrecisionConversationNeeds) {
    this.#needs = needs
  }

  /** What a comparison is given. @throws StudioError ASSET_NOT_FOUND, INVALID_INPUT where it is no picture, CANCELLED */
  async input(
    folder: BagelFolder,
    subject: Subject,
    { isCalibrated, signal }: ReadOptions,
  ): Promise<ConversationInput> {
    const asked = subject.kind === 'text' ? subject.picture : null
    if (asked === null) return { folder, picture: null, calibration: [] }
    const picture = await turnPicture(asked.assetId, await this.#needs.assets.read(asked.assetId))
    const calibration: TurnPicture[] = []
    for (const name of isCalibrated ? await this.#calibrationNames() : []) {
      if (signal.aborted) throw new StudioError('CANCELLED', 'The comparison was cancelled')
      calibration.push(await turnPicture(name, await this.#bytes(name)))
    }
    return { folder, picture, calibration }
  }

  /** A bundled picture and a question; the picture becomes an asset each time it is asked for. */
  async sample(): Promise<QuestionSample> {
    const assetId = await this.#needs.assets.put(await this.#bytes(askedPicture))
    return { picture: { assetId, name: askedPicture }, question: askedQuestion }
  }

  async #calibrationNames(): Promise<string[]> {
    return (await readdir(this.#needs.samples)).filter((name) => name.endsWith('.png') && name !== askedPicture).sort()
  }

  async #bytes(name: string): Promise<Uint8Array> {
    return new Uint8Array(await readFile(join(this.#needs.samples, name)))
  }
}

/** A picture as a turn takes it. */
async function turnPicture(id: string, bytes: Uint8Array): Promise<TurnPicture> {
  const field = 'subject.picture'
  const { width, height } = await readPictureSize(bytes, field)
  return { type: 'picture', id, width, height, pixels: await decodeAsStored(bytes, field) }
}
