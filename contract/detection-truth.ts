import * as z from 'zod'
import type { Box, DetectorClass } from './detection'
import { StudioError } from './errors'

// Labels that people made, in COCO's JSON: https://cocodataset.org/#format-data

const numeric = z.union([z.number(), z.string()])

export const cocoTruthSchema = z.object({
  images: z
    .array(
      z.object({
        id: numeric,
        file_name: z.string(),
        width: z.number().optional(),
        height: z.number().optional(),
      }),
    )
    .min(1, 'The labels name no picture'),
  annotations: z.array(
    z.object({
      id: numeric.optional(),
      image_id: numeric,
      category_id: numeric,
      /** Left, top, width, height in pixels. */
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      /** Of the outline where there is one: what COCO's small, medium and large go by. */
      area: z.number().optional(),
      iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).optional(),
      /** Not to be counted, such as VOC's "difficult" boxes. */
      ignore: z.union([z.literal(0), z.literal(1), z.boolean()]).optional(),
    }),
  ),
  categories: z.array(z.object({ id: numeric, name: z.string() })).min(1, 'The labels name no class'),
})

/** One labelled thing. */
export interface TruthLabel {
  readonly box: Box
  /** The detector's where one of its classes has the name, else a negative number of its own. */
  readonly classId: number
  readonly className: string
  /** Pixels, of the outline where one was drawn. */
  readonly area: number
  /** A group outlined as one: it may hold many boxes and counts neither way. */
  readonly crowd: boolean
  /** Counts neither way. */
  readonly ignored: boolean
}

export interface TruthPicture {
  readonly name: string
  readonly labels: readonly (Omit<TruthLabel, 'classId'> & { readonly category: number })[]
}

/** Labels by picture, in the order in which pycocotools looks at them. */
export interface CocoTruth {
  /** Places in this list are what `category` says. */
  readonly categories: readonly string[]
  readonly pictures: readonly TruthPicture[]
}

/** Reads labels. @throws StudioError INVALID_INPUT naming what is wrong with them */
export function parseCocoTruth(json: unknown): CocoTruth {
  const parsed = cocoTruthSchema.safeParse(json)
  if (!parsed.success) throw refused(firstProblem(parsed.error))
  const { images, annotations, categories } = parsed.data
  const places = new Map(categories.map(({ id }, place) => [String(id), place]))
  const byPicture = new Map(images.map(({ id }) => [String(id), [] as TruthPicture['labels'][number][]]))
  annotations.forEach(({ image_id, category_id, bbox, area, iscrowd, ignore }, index) => {
    const category = places.get(String(category_id))
    const labels = byPicture.get(String(image_id))
    if (category === undefined) throw refused(`Label ${index + 1} is of class ${category_id}, which is not in the list`)
    if (labels === undefined) throw refused(`Label ${index + 1} is of picture ${image_id}, which is not in the list`)
    const [left, top, width, height] = bbox
    labels.push({
      box: [left, top, left + width, top + height],
      category,
      className: categories[category]!.name,
      area: area ?? width * height,
      crowd: Boolean(iscrowd),
      ignored: Boolean(iscrowd) || Boolean(ignore),
    })
  })
  const sorted = [...images].sort((a, b) => compareIds(a.id, b.id))
  return {
    categories: categories.map(({ name }) => name),
    pictures: sorted.map(({ id, file_name }) => ({ name: file_name, labels: byPicture.get(String(id)) ?? [] })),
  }
}

function compareIds(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'The file'}: ${issue.message}`
}

function refused(what: string): StudioError {
  return new StudioError('INVALID_INPUT', `These are not labels in COCO’s form: ${what}`, {
    field: 'truth',
    remedy: 'Choose a JSON file with images, annotations (bbox as left, top, width, height) and categories.',
  })
}

/** A name as names are compared: folders divided by "/", letters composed. */
function comparable(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\.\//, '').normalize('NFC')
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** Finds things by file name: the whole name first, else its last part where only one has it. */
export function findByFileName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): (fileName: string) => Item | null {
  const whole = new Map<string, Item>()
  const last = new Map<string, Item | null>()
  for (const item of items) {
    const name = comparable(nameOf(item))
    whole.set(name, item)
    last.set(baseName(name), last.has(baseName(name)) ? null : item)
  }
  return (fileName) => {
    const name = comparable(fileName)
    return whole.get(name) ?? last.get(baseName(name)) ?? null
  }
}

/**
 * A class's number for a detector: its own where it knows the name (letter case and spaces at the ends do not matter), else -1 less the
 * place in the truth's list, which no box of the detector has.
 */
function classIdOf(classes: ReadonlyMap<string, number>, name: string, category: number): number {
  return classes.get(spelled(name)) ?? -1 - category
}

function spelled(name: string): string {
  return name.trim().toLowerCase()
}

/** Labels with the class numbers of a detector. */
export function labelsOfPicture(picture: TruthPicture, classes: readonly DetectorClass[]): readonly TruthLabel[] {
  const byName = new Map(classes.map(({ id, name }) => [spelled(name), id]))
  return picture.labels.map(({ category, ...label }) => ({
    ...label,
    classId: classIdOf(byName, label.className, category),
  }))
}

/** Labels of the picture of this name, with the class numbers of a detector; null where the truth has no such picture. */
export function labelsOf(
  truth: CocoTruth,
  fileName: string,
  classes: readonly DetectorClass[],
): readonly TruthLabel[] | null {
  const picture = findByFileName(truth.pictures, ({ name }) => name)(fileName)
  return picture === null ? null : labelsOfPicture(picture, classes)
}

/** Classes of the truth that a detector does not know, by name. */
export function unknownClasses(truth: CocoTruth, classes: readonly DetectorClass[]): string[] {
  const known = new Set(classes.map(({ name }) => spelled(name)))
  return truth.categories.filter((name) => !known.has(spelled(name)))
}
