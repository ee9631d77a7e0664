// Folders with a studio.json: the studio's own ThunderNet.

import path from 'node:path'
import { readOutlines, weightFiles } from '../text/folder-checks'
import { readJson } from '../text/model-files'
import type { GraphOutline } from '../runtime/graph-outline'
import type { DetectorSpec } from './detector-spec'
import type { DetectorFolder, DetectorGraphs, DetectorProblem } from './folder'
import { detectorManifestSchema, type DetectorGraphFiles, type ThunderNetManifest } from './manifest'

const roles = ['detect', 'rpn', 'head'] as const
type Role = (typeof roles)[number]

/** What the graphs take and give, as docs/graphs.md has them. */
const namesByRole: Readonly<Record<Role, readonly [readonly string[], readonly string[]]>> = {
  detect: [['image'], ['boxes', 'scores']],
  rpn: [['image'], ['rpn_scores', 'rpn_deltas', 'features', 'attention']],
  head: [
    ['features', 'rois'],
    ['class_scores', 'box_deltas'],
  ],
}

/** @throws StudioError MODEL_BROKEN where studio.json cannot be read */
export async function readStudioFolder(folder: string): Promise<DetectorFolder> {
  const manifest = await readJson(path.join(folder, 'studio.json'), detectorManifestSchema)
  const { name, description = '', licence, graphs, precision, precisions, detector } = manifest
  const all: Record<string, DetectorGraphFiles> = { [precision]: graphs }
  for (const [other, own] of Object.entries(precisions)) all[other] = { ...graphs, ...own }
  const problems: DetectorProblem[] = []
  const outlines: GraphOutline[] = []
  for (const [role, files] of filesByRole(all)) {
    for (const file of files) {
      const [outline] = await readOutlines([path.join(folder, file)], problems)
      if (outline === undefined) continue
      outlines.push(outline)
      problems.push(...wrongNames(role, file, outline))
    }
  }
  const defaultPrecision = manifest.defaultPrecision ?? precision
  if (all[defaultPrecision] === undefined) problems.push(wrongDefault(defaultPrecision, Object.keys(all)))
  problems.push(...missingGraphs(path.basename(folder), all))
  return {
    path: folder,
    name: name ?? path.basename(folder),
    description,
    layout: 'Atelier',
    ...(licence === undefined ? {} : { licence }),
    ...weightFiles(outlines),
    precisions: Object.fromEntries(Object.entries(all).map(([key, files]) => [key, pathsOf(folder, files)])),
    defaultPrecision,
    spec: specOf(detector),
    problems,
  }
}

/** Each file once, by its role. */
function filesByRole(all: Readonly<Record<string, DetectorGraphFiles>>): [Role, Set<string>][] {
  return roles.map((role) => [
    role,
    new Set(Object.values(all).flatMap((files) => (files[role] === undefined ? [] : [files[role]]))),
  ])
}

function pathsOf(folder: string, { detect = 'detect.onnx', rpn, head }: DetectorGraphFiles): DetectorGraphs {
  const whole = { detect: path.join(folder, detect) }
  if (rpn === undefined || head === undefined) return whole
  return { ...whole, stages: { rpn: path.join(folder, rpn), head: path.join(folder, head) } }
}

function missingGraphs(name: string, all: Readonly<Record<string, DetectorGraphFiles>>): DetectorProblem[] {
  return Object.entries(all)
    .filter(([, { detect }]) => detect === undefined)
    .map(([precision]) => ({
      message: `studio.json of ${name} names no detect graph for ${precision}`,
      remedy: 'Name its file under graphs; the roles are: detect, and rpn with head for looking between the stages.',
    }))
}

function wrongNames(role: Role, file: string, outline: GraphOutline): DetectorProblem[] {
  const [inputs, outputs] = namesByRole[role]
  const lacks = (values: GraphOutline['inputs'], name: string): boolean => !values.some((value) => value.name === name)
  const missing = [
    ...inputs.filter((name) => lacks(outline.inputs, name)).map((name) => `input ${name}`),
    ...outputs.filter((name) => lacks(outline.outputs, name)).map((name) => `output ${name}`),
  ]
  if (missing.length === 0) return []
  return [
    {
      message: `${file} is no ${role} graph: it has no ${missing.join(' and no ')}`,
      remedy: 'Export the model again, or name the right file for this role in studio.json.',
    },
  ]
}

function wrongDefault(named: string, there: readonly string[]): DetectorProblem {
  return {
    message: `studio.json names "${named}" as default precision, which is none of its precisions`,
    remedy: `Set defaultPrecision to one of: ${there.join(', ')}.`,
  }
}

const backboneNames: Readonly<Record<string, string>> = { snet49: 'SNet49', snet146: 'SNet146', snet535: 'SNet535' }

function specOf(detector: ThunderNetManifest): DetectorSpec {
  const { input, anchors, rpn, head, defaults, calibration, backbone } = detector
  const { width, height, resize, channelOrder, scale, mean, std } = input
  const { fill, align, mode, filter, antialias } = resize
  return {
    architecture: 'thundernet',
    architectureName: `ThunderNet ${backboneNames[backbone] ?? backbone}`.trim(),
    classes: detector.classes.map(({ id, name, emoji }) => ({ id, name, ...(emoji === undefined ? {} : { emoji }) })),
    input: {
      placing: mode === 'stretch' ? { mode, width, height } : { mode, width, height, fill, align },
      filter,
      antialias,
      channelOrder,
      scale,
      mean,
      std,
    },
    defaults: { score: defaults.scoreThreshold, overlap: defaults.nmsThreshold },
    scoreMeaning: calibration?.statement ?? 'Not calibrated: a higher score is a surer box, and no more than that.',
    thundernet: {
      anchors,
      rpnStds: rpn.boxStds,
      headStds: head.boxStds,
      deltaLimit: detector.deltaLimit,
      proposals: rpn,
      background: head.backgroundIndex,
    },
  }
}
