import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { StudioError } from '../../../contract/errors'
import { precisionLimits, type ComparedPicture, type SubjectRequest } from '../../../contract/precision'
import { labelsOfPictures, type CocoLabels } from '../../../contract/precision-truth'
import type { Studio } from '../studio'
import { askedPictures } from './detect-pictures'
import { numberOption } from './number-option'
import { readFileOption } from './read-file'

export interface PrecisionPictureOptions {
  readonly pictures?: string
  readonly truth?: string
  readonly calibrate?: string
  readonly threshold?: string
}

/** What a detector is compared on: the pictures that were named, or the bundled ones with their labels. @throws StudioError INVALID_INPUT */
export async function detectionSubject(studio: Studio, options: PrecisionPictureOptions): Promise<SubjectRequest> {
  const threshold = numberOption('threshold', options.threshold)
  const calibration = options.calibrate === undefined ? [] : await namedPictures(studio, 'calibrate', options.calibrate)
  const rest = { calibration, ...(threshold === undefined ? {} : { threshold }) }
  if (options.pictures === undefined) {
    const { pictures, truth } = await studio.client.precision.detectionSample()
    return { kind: 'detection', pictures, truth: await labelsFrom(options.truth, pictures, truth), ...rest }
  }
  const pictures = await namedPictures(studio, 'pictures', options.pictures)
  return { kind: 'detection', pictures, truth: await labelsFrom(options.truth, pictures, null), ...rest }
}

async function labelsFrom(
  path: string | undefined,
  pictures: readonly ComparedPicture[],
  otherwise: CocoLabels | null,
): Promise<CocoLabels | null> {
  if (path === undefined) return otherwise
  const text = await (await readFileOption('truth', path)).text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new StudioError('INVALID_INPUT', `${path} is not JSON`, { field: 'truth', detail: String(cause) }, { cause })
  }
  return labelsOfPictures(
    json,
    pictures.map(({ name }) => name),
  )
}

/** A picture, or those of a folder, as the studio's own. @throws StudioError INVALID_INPUT */
export async function namedPictures(studio: Studio, field: string, path: string): Promise<ComparedPicture[]> {
  const asked = await askedPictures([path])
  if (asked.length > precisionLimits.pictures) {
    throw new StudioError('INVALID_INPUT', `These are ${asked.length} pictures`, {
      field,
      remedy: `Name at most ${precisionLimits.pictures}, or a folder with so many.`,
    })
  }
  const pictures: ComparedPicture[] = []
  for (const { path: file, name } of asked) {
    const { assetId } = await studio.client.assets.upload({ file: await fileAt(file, field) })
    pictures.push({ assetId, name })
  }
  return pictures
}

async function fileAt(path: string, field: string): Promise<File> {
  try {
    return new File([await openAsBlob(path)], basename(path))
  } catch (cause) {
    throw new StudioError(
      'INVALID_INPUT',
      `The file ${path} cannot be read`,
      { field, remedy: 'Check the path.', detail: String(cause) },
      { cause },
    )
  }
}
