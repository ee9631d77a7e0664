import type * as z from 'zod'
import { cocoTruthSchema, findByFileName, parseCocoTruth } from './detection-truth'
import { StudioError } from './errors'

export type CocoLabels = z.output<typeof cocoTruthSchema>

/**
 * The labels of these pictures alone, out of a file with those of any number, so that a comparison keeps no more than it uses.
 * @throws StudioError INVALID_INPUT where the file is not in COCO's form, or labels none of them
 */
export function labelsOfPictures(json: unknown, names: readonly string[]): CocoLabels {
  // Says what is wrong with the labels; the schema alone would name a path.
  parseCocoTruth(json)
  const { images, annotations, categories } = cocoTruthSchema.parse(json)
  const isCompared = findByFileName(names, (name) => name)
  const kept = images.filter(({ file_name }) => isCompared(file_name) !== null)
  if (kept.length === 0) {
    throw new StudioError('INVALID_INPUT', 'The labels are of none of these pictures', {
      field: 'truth',
      remedy: `Their file names must be the same: the labels name ${images[0]!.file_name}, the pictures ${names[0] ?? 'none'}.`,
    })
  }
  const ids = new Set(kept.map(({ id }) => String(id)))
  return { images: kept, annotations: annotations.filter(({ image_id }) => ids.has(String(image_id))), categories }
}
