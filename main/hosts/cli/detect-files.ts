import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import type { DetectorClass } from '../../../contract/detection'
import {
  toCocoJson,
  toCsv,
  toVocXml,
  toYoloClasses,
  toYoloText,
  type ExportPicture,
} from '../../../contract/detection-exports'
import { StudioError } from '../../../contract/errors'

export const exportFormats = ['coco', 'yolo', 'voc', 'csv', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Boxes with the names of their classes, for programs that know nothing of the studio. */
export function toJson(pictures: readonly ExportPicture[], classes: readonly DetectorClass[]): string {
  const names = new Map(classes.map(({ id, name }) => [id, name]))
  const rows = pictures.map(({ name, width, height, boxes }) => ({
    file: name,
    width,
    height,
    boxes: boxes.map(({ box, classId, score }) => ({
      class: names.get(classId) ?? `class ${classId}`,
      classId,
      score,
      box,
    })),
  }))
  return `${JSON.stringify(rows, null, 1)}\n`
}

const wholeName = { coco: 'detections.coco.json', csv: 'detections.csv', json: 'detections.json' } as const

/** Whether a format is one text for all pictures; the others are a file for each. */
export function isOneText(format: ExportFormat): format is keyof typeof wholeName {
  return format in wholeName
}

export function oneText(
  format: keyof typeof wholeName,
  pictures: readonly ExportPicture[],
  classes: readonly DetectorClass[],
): string {
  switch (format) {
    case 'coco':
      return toCocoJson(pictures, classes)
    case 'csv':
      return toCsv(pictures, classes)
    case 'json':
      return toJson(pictures, classes)
  }
}

/** A file's name for each picture: its own with another ending, or with one more where two pictures differ only in theirs. */
export function exportNames(names: readonly string[], extension: string): string[] {
  const stem = (name: string): string => name.slice(0, name.length - extname(name).length)
  const count = new Map<string, number>()
  for (const name of names) count.set(stem(name), (count.get(stem(name)) ?? 0) + 1)
  return names.map((name) => `${count.get(stem(name)) === 1 ? stem(name) : name}${extension}`)
}

/** Files that an export will write, to see that none is there already. */
export function exportFiles(format: ExportFormat, names: readonly string[]): string[] {
  if (isOneText(format)) return [wholeName[format]]
  return format === 'yolo' ? ['classes.txt', ...exportNames(names, '.txt')] : exportNames(names, '.xml')
}

/** @throws StudioError INVALID_INPUT where a file would be written over */
export function checkFree(folder: string, files: readonly string[]): void {
  const taken = files.find((file) => existsSync(join(folder, file)))
  if (taken === undefined) return
  throw new StudioError('INVALID_INPUT', `${join(folder, taken)} is there already`, {
    field: 'output',
    remedy: 'Choose an empty folder: nothing is ever written over.',
  })
}

/** Writes an export. @returns how many files @throws StudioError INVALID_INPUT where the folder cannot be written to */
export async function writeExport(
  folder: string,
  format: ExportFormat,
  pictures: readonly ExportPicture[],
  classes: readonly DetectorClass[],
): Promise<number> {
  const names = exportFiles(
    format,
    pictures.map(({ name }) => name),
  )
  const texts = isOneText(format)
    ? [oneText(format, pictures, classes)]
    : format === 'yolo'
      ? [toYoloClasses(classes), ...pictures.map((picture) => toYoloText(picture, classes))]
      : pictures.map((picture) => toVocXml(picture, classes))
  try {
    for (const [index, name] of names.entries()) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), texts[index]!, { flag: 'wx' })
    }
  } catch (cause) {
    throw new StudioError(
      'INVALID_INPUT',
      `The boxes could not be written to ${folder}`,
      { field: 'output', remedy: 'Choose a folder that can be written to.', detail: String(cause) },
      { cause },
    )
  }
  return names.length
}
