import type { InspectionId } from '../../../../contract/ids'
import { inspectionSchema, type Inspection, type InspectionSource } from '../../../../contract/inspection'
import {
  inspectionCountsSchema,
  type DimensionSizes,
  type InspectionCounts,
} from '../../../../contract/inspection-counts'
import { profileSchema, type Profile } from '../../../../contract/inspection-measures'

// A convolution, what follows it and a convolution in a scope of its own, with one free dimension: small enough to count by hand.

const channels = { input: 3, hidden: 4 }

export const tinyInspection: Inspection = inspectionSchema.parse({
  id: 'tiny' as InspectionId,
  source: { kind: 'path', path: '/models/tiny.onnx' },
  name: 'tiny.onnx',
  path: '/models/tiny.onnx',
  format: 'onnx',
  header: {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    producer: 'by hand',
    graphName: 'tiny',
    description: '',
    metadata: [],
    functions: [],
  },
  graphBytes: 400,
  weightBytes: 4 * (4 * 3 * 9 + 4 * 4),
  parameters: 4 * 3 * 9 + 4 * 4,
  precisions: [{ dtype: 'float32', parameters: 124, bytes: 496 }],
  weightFiles: [],
  inputs: [0],
  outputs: [5],
  dimensions: [{ name: 'H', suggested: 8, formula: null, uses: ['image, axis 2'], isFoundInRun: false }],
  tensors: [
    { name: 'image', dtype: 'float32', shape: [1, 3, 'H', 8], weight: null },
    { name: 'stem.weight', dtype: 'float32', shape: [4, 3, 3, 3], weight: 0 },
    { name: 'stem_out', dtype: 'float32', shape: null, weight: null },
    { name: 'relu_out', dtype: 'float32', shape: null, weight: null },
    { name: 'head.conv.weight', dtype: 'float32', shape: [4, 4, 1, 1], weight: 1 },
    { name: 'out', dtype: 'float32', shape: [1, 4, 'H', 8], weight: null },
  ],
  nodes: [
    { name: 'stem', op: 'Conv', domain: '', scope: 0, inputs: [0, 1], outputs: [2], within: null },
    { name: 'relu', op: 'Relu', domain: '', scope: 0, inputs: [2], outputs: [3], within: null },
    { name: '/head/conv', op: 'Conv', domain: '', scope: 1, inputs: [3, 4], outputs: [5], within: null },
  ],
  scopes: [
    { name: '', path: '', parent: null },
    { name: 'head', path: 'head', parent: 0 },
  ],
  scopesFrom: 'nodes',
  weights: [
    {
      tensor: 1,
      dtype: 'float32',
      shape: [4, 3, 3, 3],
      parameters: 108,
      bytes: 432,
      place: 'graph',
      file: null,
      node: 0,
    },
    {
      tensor: 4,
      dtype: 'float32',
      shape: [4, 4, 1, 1],
      parameters: 16,
      bytes: 64,
      place: 'absent',
      file: 'w.data',
      node: 2,
    },
  ],
  operators: [
    { op: 'Conv', domain: '', nodes: 2 },
    { op: 'Relu', domain: '', nodes: 1 },
  ],
  notes: [],
})

/** What the tiny model costs: by the formulas, null without a height. */
export function tinyCounts(sizes: DimensionSizes): InspectionCounts {
  const height = sizes['H'] ?? null
  const times = (factor: number) => (height === null ? null : factor * height * 8)
  const { input, hidden } = channels
  const macs = [times(hidden * input * 9), times(0), times(hidden * hidden)]
  const total = macs.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0)
  const bytes = macs.map(() => times(4 * hidden))
  return inspectionCountsSchema.parse({
    sizes,
    missing: height === null ? ['H'] : [],
    shapes: {
      different: [
        [1, 3, height, 8],
        [4, 3, 3, 3],
        [1, 4, height, 8],
        [4, 4, 1, 1],
      ],
      ofTensor: [0, 1, 2, 2, 3, 2],
    },
    dtypes: Array.from({ length: 6 }, () => 'float32'),
    nodes: {
      parameters: [108, 0, 16],
      storedBytes: [432, 0, 64],
      macs,
      elementOps: [0, times(4), 0],
      bytesMoved: bytes,
    },
    scopes: {
      parameters: [124, 16],
      storedBytes: [496, 64],
      macs: [total, macs[2]],
      elementOps: [times(4), 0],
      bytesMoved: [times(48), times(16)],
      macsAtLeast: [total ?? 0, macs[2] ?? 0],
      nodeCounts: [3, 1],
      unknown: [height === null ? 3 : 0, height === null ? 1 : 0],
    },
    unknown: [],
    assumed: [],
    peakActivation: { bytes: times(32), node: 1, live: [times(28), times(32), times(32)] },
    milliseconds: 0.1,
  })
}

export function tinyProfile(source: InspectionSource): Profile {
  return profileSchema.parse({
    source,
    name: 'tiny.onnx',
    sizes: { H: 8 },
    measuredAt: 1_700_000_000_000,
    provider: 'CPUExecutionProvider',
    threads: 2,
    runtime: 'onnxruntime 1.30.0',
    runs: 20,
    warmUp: 3,
    total: { median: 2.5, p95: 3 },
    kernels: 2.2,
    nodes: [
      {
        node: 0,
        fused: [1],
        name: 'stem',
        op: 'FusedConv',
        provider: 'CPUExecutionProvider',
        median: 1.5,
        p95: 2,
        share: 0.68,
        macsPerSecond: 4.6e6,
      },
    ],
    inserted: [
      { name: 'reorder', op: 'ReorderOutput', provider: 'CPUExecutionProvider', median: 0.7, p95: 0.8, share: 0.32 },
    ],
    mapped: 0.68,
  })
}
