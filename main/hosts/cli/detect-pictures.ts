import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { DetectionResult } from '../../../contract/detection'
import { StudioError, type Failure } from '../../../contract/errors'
import type { Model } from '../../../contract/models'
import type { Progress } from '../../../contract/jobs'
import { DetectionProgress } from '../../services/detection-progress'
import { picturesIn } from '../../services/picture-folder'
import type { Studio } from '../studio'
import { failureOf } from './output'

/** A picture that was asked for: where it is, and what it is called in exports. */
export interface AskedPicture {
  readonly path: string
  readonly name: string
}

export type Looked =
  | { readonly picture: AskedPicture; readonly result: DetectionResult }
  | { readonly picture: AskedPicture; readonly failure: Failure }

/** Pictures that are decoded while the network works on another. */
const ahead = 3

/** Files as they are named, folders as the pictures in them. What is not there stays on the list: it fails when its turn comes. */
export async function askedPictures(paths: readonly string[]): Promise<AskedPicture[]> {
  const asked: AskedPicture[] = []
  for (const path of paths) {
    const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true
    if (!isFolder) {
      asked.push({ path, name: basename(path) })
      continue
    }
    const names: string[] = []
    for await (const name of picturesIn(path, true)) names.push(name)
    if (names.length === 0) asked.push({ path, name: basename(path) })
    asked.push(...names.sort().map((name) => ({ path: join(path, name), name })))
  }
  return asked
}

/** The detector that was asked for, or the first one. @throws StudioError MODEL_NOT_FOUND */
export async function detectorModel(studio: Studio, id: string | undefined): Promise<Model> {
  const models = (await studio.client.models.list()).filter(({ family }) => family === 'detector')
  const model =
    id === undefined ? models.find(({ state }) => state.kind === 'ready') : models.find((one) => one.id === id)
  if (model !== undefined) return model
  const known = models.map((one) => one.id).join(', ')
  throw new StudioError('MODEL_NOT_FOUND', `There is no detector ${id ?? 'at all'}`, {
    field: 'model',
    remedy: known === '' ? 'Add a model folder in the studio.' : `Use one of: ${known}.`,
  })
}

/** Looks at pictures in their order. Those that fail come with the reason; a model that cannot run ends it. */
export async function* lookAtPictures(
  studio: Studio,
  asked: { readonly model: Model; readonly precision: string | undefined; readonly pictures: readonly AskedPicture[] },
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
): AsyncGenerator<Looked, void, void> {
  const { model, precision, pictures } = asked
  const progress = new DetectionProgress(pictures.length, 0)
  const look = async (picture: AskedPicture): Promise<Looked> => {
    try {
      const file = await openFile(picture.path)
      const ask = { modelId: model.id, file, ...(precision === undefined ? {} : { precision }) }
      return { picture, result: await studio.client.detection.detectFrame(ask, { signal: options.signal }) }
    } catch (error) {
      return { picture, failure: failureOf(error) }
    }
  }
  const waiting: Promise<Looked>[] = []
  let next = 0
  while ((waiting.length > 0 || next < pictures.length) && !options.signal.aborted) {
    while (waiting.length < ahead && next < pictures.length) {
      waiting.push(look(pictures[next]!))
      next += 1
    }
    const looked = await waiting.shift()!
    if (options.signal.aborted) break
    if ('failure' in looked && !isOfPicture(looked.failure)) throw asError(looked.failure)
    yield looked
    const read = progress.next(looked.picture.name)
    if (read !== null) options.onProgress(read)
  }
  await Promise.all(waiting)
}

/** Whether another picture may fare better. */
function isOfPicture({ code, field }: Failure): boolean {
  return field === 'file' || code === 'NOT_FINITE'
}

function asError({ code, message, ...data }: Failure): StudioError {
  return new StudioError(code, message, data)
}

/** The file as it lies there: its bytes are read when they are wanted. @throws StudioError INVALID_INPUT */
async function openFile(path: string): Promise<File> {
  try {
    if ((await stat(path)).isDirectory()) {
      throw new StudioError('INVALID_INPUT', 'There are no pictures in this folder', { field: 'file' })
    }
    return new File([await openAsBlob(path)], basename(path))
  } catch (cause) {
    if (cause instanceof StudioError) throw cause
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const message = isMissing ? 'The file is not there' : 'The file cannot be read'
    throw new StudioError('INVALID_INPUT', message, { field: 'file', remedy: 'Check the path.', detail: String(cause) })
  }
}
