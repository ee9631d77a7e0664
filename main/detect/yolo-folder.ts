// Folders with nothing but a YOLO's .onnx and, maybe, a file with the names of its classes.

import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { DetectorClass } from '../../contract/detection'
import { StudioError } from '../../contract/errors'
import { readGraphOutline, type GraphOutline } from '../runtime/graph-outline'
import { weightFiles } from '../text/folder-checks'
import { readClassNames } from './class-names'
import { foreignScore, type DetectorSpec } from './detector-spec'
import type { DetectorFolder, DetectorProblem } from './folder'
import { yoloxStrides } from './heads/yolox'
import { outlinesOf, unknownHead } from './read-outline'

/** Files that say that the folder is of another kind. */
const others = ['studio.json', 'config.json', 'model_index.json', 'genai_config.json']
const nameFiles = ['classes.txt', 'names.txt', 'labels.txt', 'obj.names', 'coco.names', 'data.yaml', 'metadata.yaml']

interface YoloHead {
  readonly architecture: 'yolox' | 'yolov8'
  readonly classes: number
  readonly width: number
  readonly height: number
}

function graphsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.toLowerCase().endsWith('.onnx') && !name.startsWith('.'))
      .sort()
      .map((name) => path.join(folder, name))
  } catch {
    return []
  }
}

function namesFile(folder: string): string | undefined {
  return nameFiles.map((name) => path.join(folder, name)).find((file) => existsSync(file))
}

/** Whether a folder holds a YOLO: a graph with its output, or any graph beside a file of class names. */
export async function isYoloFolder(folder: string): Promise<boolean> {
  if (others.some((name) => existsSync(path.join(folder, name)))) return false
  const graphs = graphsIn(folder)
  if (graphs.length === 0) return false
  if (namesFile(folder) !== undefined) return true
  try {
    const outline = readGraphOutline(graphs[0]!)
    return headOf(outline) !== null || outline.metadata.get('task') === 'detect'
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    return false
  }
}

export async function readYoloFolder(folder: string): Promise<DetectorFolder> {
  const problems: DetectorProblem[] = []
  const graphs = graphsIn(folder)
  const outlines = await outlinesOf(graphs, problems)
  const [outline] = outlines.values()
  const head = outline === undefined ? null : headOf(outline)
  if (outline !== undefined && head === null) problems.push(unknownHead(outline, 'This is no YOLO that can be read'))
  const names = outline === undefined ? [] : await namesOf(folder, outline)
  // One graph is the rule; several are the same network in several precisions.
  const precisionOf = (file: string): string =>
    graphs.length === 1 ? 'fp32' : path.basename(file, '.onnx').slice(0, 40)
  if (head !== null && names.length > 0 && names.length !== head.classes) {
    problems.push({
      message: `There are ${names.length} class names, but the network knows ${head.classes} classes`,
      remedy: `Put the ${head.classes} names in ${path.join(path.basename(folder), 'classes.txt')}, one a line.`,
    })
  }
  return {
    path: folder,
    name: path.basename(folder),
    description: '',
    layout: 'YOLO',
    ...weightFiles([...outlines.values()]),
    precisions: Object.fromEntries(graphs.map((file) => [precisionOf(file), { detect: file }])),
    defaultPrecision: precisionOf(graphs[0] ?? ''),
    spec: head === null ? null : specOf(head, names),
    problems,
  }
}

/** Which YOLO a graph is, by the shape of its one output; null where it is none. */
function headOf({ inputs, outputs }: GraphOutline): YoloHead | null {
  const [input, output] = [inputs[0], outputs[0]]
  if (inputs.length !== 1 || input?.shape.length !== 4 || output?.shape.length !== 3) return null
  const [, channels, height, width] = input.shape
  const [, rows, columns] = output.shape
  if (channels !== 3 || typeof width !== 'number' || typeof height !== 'number') return null
  if (typeof rows !== 'number' || typeof columns !== 'number') return null
  const cells = yoloxStrides.reduce((sum, side) => sum + Math.floor(width / side) * Math.floor(height / side), 0)
  if (rows === cells && columns > 5) return { architecture: 'yolox', classes: columns - 5, width, height }
  if (columns === cells && rows > 4) return { architecture: 'yolov8', classes: rows - 4, width, height }
  return null
}

/** From the file beside the graph, else from what the exporter wrote into it. */
async function namesOf(folder: string, { metadata }: GraphOutline): Promise<readonly string[]> {
  const file = namesFile(folder)
  if (file !== undefined) return readClassNames(await readFile(file, 'utf8'))
  return readClassNames(metadata.get('names') ?? '')
}

function specOf({ architecture, classes, width, height }: YoloHead, names: readonly string[]): DetectorSpec {
  const isYolox = architecture === 'yolox'
  return {
    architecture,
    architectureName: isYolox ? 'YOLOX' : 'YOLO (v8 form)',
    classes: Array.from({ length: classes }, (_, id): DetectorClass => ({ id, name: names[id] ?? `class ${id}` })),
    input: {
      placing: { mode: 'letterbox', width, height, fill: 114, align: isYolox ? 'corner' : 'centre' },
      // OpenCV's INTER_LINEAR.
      filter: 'bilinear',
      antialias: false,
      channelOrder: isYolox ? 'BGR' : 'RGB',
      scale: isYolox ? 1 : 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    defaults: { score: 0.25, overlap: 0.45 },
    scoreMeaning: foreignScore,
  }
}
