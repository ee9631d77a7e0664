// Reads a detector's folder into what running it needs to know. Files only: nothing is loaded.

import path from 'node:path'
import type { FolderProblem } from '../text/folder-checks'
import { readOptionalJson } from '../text/model-files'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import type { DetectorSpec } from './detector-spec'
import { isExportFolder, readExportFolder } from './export-folder'
import { readStudioFolder } from './studio-folder'
import { isYoloFolder, readYoloFolder } from './yolo-folder'

/** Paths of the graphs of one precision. */
export interface DetectorGraphs {
  /** The whole network. */
  readonly detect: string
  /** Its two stages, where they are there apart. */
  readonly stages?: { readonly rpn: string; readonly head: string }
}

/** A detector on disk. Plain data: it can be sent to another thread. */
export interface DetectorFolder {
  readonly path: string
  readonly name: string
  readonly description: string
  readonly layout: 'Atelier' | 'transformers.js' | 'YOLO'
  readonly licence?: string
  /** Bytes of all graphs with their weights. */
  readonly bytes: number
  /** The files that hold weights or graphs, for hashing. */
  readonly files: readonly string[]
  readonly precisions: Readonly<Record<string, DetectorGraphs>>
  readonly defaultPrecision: string
  /** Null where the folder could not be understood; `problems` then says why. */
  readonly spec: DetectorSpec | null
  /** Empty where the model can be used. */
  readonly problems: readonly DetectorProblem[]
}

export interface DetectorProblem extends FolderProblem {
  /** Nothing is broken: the studio has no decoder for it. */
  readonly unsupported?: boolean
}

const familySchema = z.looseObject({ family: z.string() })

async function isStudioFolder(folder: string): Promise<boolean> {
  try {
    return (await readOptionalJson(path.join(folder, 'studio.json'), familySchema))?.family === 'detector'
  } catch (error) {
    // A damaged studio.json says nothing of the family.
    if (!(error instanceof StudioError)) throw error
    return false
  }
}

/** Whether a folder is meant to hold a detector, whole or not. */
export async function isDetectorFolder(folder: string): Promise<boolean> {
  return (await isStudioFolder(folder)) || (await isExportFolder(folder)) || (await isYoloFolder(folder))
}

/**
 * Reads a detector's folder. What is missing or broken is listed in `problems`, with the file's name, not thrown.
 * @throws StudioError MODEL_BROKEN where its configuration cannot be read
 */
export async function readDetectorFolder(folder: string): Promise<DetectorFolder> {
  if (await isStudioFolder(folder)) return readStudioFolder(folder)
  return (await isExportFolder(folder)) ? readExportFolder(folder) : readYoloFolder(folder)
}

/** Graphs and spec of a precision. @throws StudioError INVALID_INPUT naming those that there are, MODEL_BROKEN */
export function detectorGraphs(
  folder: DetectorFolder,
  precision = folder.defaultPrecision,
): { precision: string; graphs: DetectorGraphs; spec: DetectorSpec } {
  const graphs = folder.precisions[precision]
  if (graphs === undefined) {
    throw new StudioError('INVALID_INPUT', `${folder.name} has no precision "${precision}"`, {
      field: 'precision',
      remedy: `Use one of: ${Object.keys(folder.precisions).join(', ')}.`,
    })
  }
  if (folder.spec === null) throw new StudioError('MODEL_BROKEN', `${folder.name} cannot be used`)
  return { precision, graphs, spec: folder.spec }
}
