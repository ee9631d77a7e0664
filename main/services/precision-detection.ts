import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultFilter } from '../../contract/detection-boxes'
import { labelsOf, parseCocoTruth } from '../../contract/detection-truth'
import { StudioError } from '../../contract/errors'
import type { ComparedPicture, DetectionSample, Subject } from '../../contract/precision'
import { labelsOfPictures } from '../../contract/precision-truth'
import type { DetectorSpec } from '../detect/detector-spec'
import { detectorFacts } from '../detect/facts'
import type { DetectorFolder } from '../detect/folder'
import type { DetectionInput, PictureToCompare } from '../precision/detection-subject'
import type { AssetStore } from '../storage/assets'
import type { DetectionPictures, ReadPicture } from './detection-pictures'

type DetectionSubject = Extract<Subject, { kind: 'detection' }>

export interface PrecisionDetectionNeeds {
  readonly assets: Pick<AssetStore, 'read' | 'put'>
  readonly pictures: Pick<DetectionPictures, 'read'>
  /** Folder of bundled pictures: those of `detect` come first, then `precision/compare`; `precision/calibrate` is kept apart. */
  readonly samples: string
}

interface ReadOptions {
  /** Whether pictures are wanted on which ranges of activations are found. */
  readonly isCalibrated: boolean
  readonly signal: AbortSignal
  readonly onRead: (done: number, of: number) => void
}

/** Folders with pictures to compare on, each with the file of its labels. */
const sampleParts = [
  ['detect', 'toy-shelf.json'],
  ['precision/compare', 'labels.json'],
] as const
const calibrationPart = 'precision/calibrate'

/** Reads pictures for comparisons of detectors: those that were chosen, and the bundled ones. */
export class PrecisionDetection {
  readonly #needs: PrecisionDetectionNeeds

  constructor(needs: PrecisionDetectionNeeds) {
    this.#needs = needs
  }

  /** Pictures and labels as the network and the comparison take them. @throws StudioError MODEL_BROKEN, INVALID_INPUT, ASSET_NOT_FOUND, PICTURE_TOO_LARGE, CANCELLED */
  async input(
    folder: DetectorFolder,
    subject: DetectionSubject,
    { isCalibrated, signal, onRead }: ReadOptions,
  ): Promise<DetectionInput> {
    const { spec } = folder
    if (spec === null) throw new StudioError('MODEL_BROKEN', `${folder.name} cannot be used`)
    const truth = subject.truth === null ? null : parseCocoTruth(subject.truth)
    const { pictures: chosen, calibration: apart } = subject
    const own = !isCalibrated
      ? []
      : apart.length === 0
        ? await this.#bundledCalibration()
        : apart.map((one) => this.#asset(one))
    let done = 0
    const read = async ({ name, bytes }: NamedBytes): Promise<ReadPicture> => {
      if (signal.aborted) throw new StudioError('CANCELLED', 'The comparison was cancelled')
      try {
        return await this.#needs.pictures.read(await bytes(), spec.input, { field: 'subject.pictures' })
      } catch (error) {
        throw named(name, error)
      } finally {
        done += 1
        onRead(done, chosen.length + own.length)
      }
    }
    const pictures: PictureToCompare[] = []
    for (const picture of chosen) {
      const { width, height, picture: prepared } = await read(this.#asset(picture))
      const labels = truth === null ? null : labelsOf(truth, picture.name, spec.classes)
      pictures.push({ name: picture.name, width, height, prepared, labels })
    }
    const calibration: DetectionInput['calibration'][number][] = []
    for (const one of own) calibration.push((await read(one)).picture)
    const filter = { ...defaultFilter(detectorFacts(folder, spec)), ...thresholdOf(subject, spec) }
    return { spec, filter, pictures, calibration, calibrationKey: own.map(({ key }) => key).join(' ') }
  }

  /** Bundled pictures with labels; they become assets each time they are asked for. */
  async sample(): Promise<DetectionSample> {
    const { assets, samples } = this.#needs
    const pictures: ComparedPicture[] = []
    const truths: DetectionSample['truth'][] = []
    for (const [part, labels] of sampleParts) {
      const names = await picturesIn(join(samples, part))
      for (const name of names) {
        pictures.push({ name, assetId: await assets.put(await bytesOf(join(samples, part, name))) })
      }
      truths.push(labelsOfPictures(JSON.parse(await readFile(join(samples, part, labels), 'utf8')), names))
    }
    return { pictures, truth: together(truths) }
  }

  #asset({ assetId, name }: ComparedPicture): NamedBytes {
    return { name, key: assetId, bytes: () => this.#needs.assets.read(assetId) }
  }

  async #bundledCalibration(): Promise<NamedBytes[]> {
    const folder = join(this.#needs.samples, calibrationPart)
    const names = await picturesIn(folder)
    return names.map((name) => ({ name, key: name, bytes: () => bytesOf(join(folder, name)) }))
  }
}

/** A picture's file, read when its turn comes. */
interface NamedBytes {
  readonly name: string
  /** Part of what a converted graph is known by. */
  readonly key: string
  readonly bytes: () => Promise<Uint8Array>
}

function thresholdOf({ threshold }: DetectionSubject, { defaults }: DetectorSpec): { score: number } {
  return { score: threshold ?? defaults.score }
}

/** One picture that cannot be read ends the comparison: which one it was must be said. */
function named(name: string, error: unknown): unknown {
  if (!(error instanceof StudioError)) return error
  const { code, message, data } = error
  return new StudioError(code, `${name}: ${message}`, data, { cause: error })
}

async function picturesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /\.(?:jpe?g|png|webp)$/iu.test(name)).sort()
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path))
}

/** Labels of several files as those of one: their classes are the same, their numbers of pictures are counted on. */
function together(truths: readonly DetectionSample['truth'][]): DetectionSample['truth'] {
  const images: DetectionSample['truth']['images'] = []
  const annotations: DetectionSample['truth']['annotations'] = []
  for (const [part, truth] of truths.entries()) {
    const id = (own: number | string): string => `${part}-${own}`
    images.push(...truth.images.map((image) => ({ ...image, id: id(image.id) })))
    annotations.push(...truth.annotations.map((one) => ({ ...one, image_id: id(one.image_id) })))
  }
  return { images, annotations, categories: truths[0]?.categories ?? [] }
}
