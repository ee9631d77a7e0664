import type { FormatName } from '../../../../contract/number-formats'
import type { ColumnName } from '../../../../contract/precision'
import type { ColumnResult, Comparison, Layer } from '../../../../contract/precision-results'
import { precisionRequestSchema } from '../../../../contract/precision'
import { newRecipe } from '../compare/form-store'

// Made-up measurements of a made-up model, to look at and to test with.

const noise: Readonly<Partial<Record<ColumnName, number>>> = { fp16: 74, bf16: 52, 'int8-dynamic': 36, int4: 21 }
const format: Readonly<Partial<Record<ColumnName, FormatName>>> = { fp16: 'fp16', bf16: 'bf16' }

export function sampleColumn(column: ColumnName, layers = 24): ColumnResult {
  const decibels = noise[column]
  const isReference = column === 'fp32'
  return {
    recipe: newRecipe(column),
    label: column,
    failure: null,
    bytes: isReference ? 40e6 : 12e6,
    convertMilliseconds: isReference ? null : 320,
    loadMilliseconds: 140,
    run: { unit: 'step', median: 28, p95: 31, samples: 28, total: 812 },
    peakMemory: { bytes: 310e6, method: 'sampled' },
    errors: {
      maxAbsolute: isReference ? 0 : 0.14,
      relative: null,
      sqnr: isReference ? 'infinity' : (decibels ?? null),
      cosine: isReference ? 1 : 0.9987,
      psnr: isReference ? 'infinity' : (decibels ?? 30) - 4,
      ssim: isReference ? 1 : 0.96,
      agreement: null,
      divergence: null,
      meanAveragePrecision: null,
      referencePrecision: null,
      notFinite: 0,
    },
    truth: {
      arithmetic: format[column] === undefined ? 'native' : 'emulated',
      sentence: 'Ran as MatMul<float>.',
      kernels: [{ operator: 'MatMul', provider: 'CPUExecutionProvider', count: 84, milliseconds: 19 }],
    },
    output: null,
    layers: isReference
      ? []
      : Array.from({ length: layers }, (_, layer) => {
          const isolated = (decibels ?? 30) + 6 * Math.sin(layer)
          const accumulated = isolated - layer / 3
          return {
            layer,
            isolated,
            accumulated,
            isolatedRelative: 10 ** (-isolated / 20),
            accumulatedRelative: 10 ** (-accumulated / 20),
          }
        }),
  }
}

function sampleLayer(index: number): Layer {
  // Values whose logarithms lie in a bell, as those of weights do.
  const counts = Array.from({ length: 16 * 24 }, (_, bin) =>
    Math.round(4000 * Math.exp(-(((bin / 16 - 18 + index / 8) / 3.2) ** 2))),
  )
  const histogram = {
    firstExponent: -22,
    counts,
    zeros: 12 * index,
    infinite: 0,
    notANumber: 0,
    total: counts.reduce((sum, count) => sum + count, 12 * index),
  }
  return {
    name: `/blocks.${index}/attn/to_out/MatMul`,
    operator: 'MatMul',
    output: `out${index}`,
    weights: 65_536,
    weightHistogram: histogram,
    outputHistogram: { ...histogram, firstExponent: -14 },
    milliseconds: 0.8,
  }
}

export function sampleComparison(columns: readonly ColumnName[] = ['fp32', 'fp16', 'int8-dynamic']): Comparison {
  return {
    format: 'atelier-comparison',
    id: 'sample' as Comparison['id'],
    createdAt: 0,
    settings: precisionRequestSchema.parse({
      modelId: 'sd3-emoji',
      subject: { kind: 'picture', prompt: 'a cat' },
      columns: columns.slice(1).map((column) => ({ column })),
    }),
    modelName: 'Emoji',
    modelHash: 'x',
    provider: 'cpu',
    threads: 2,
    machine: 'here',
    mainRole: 'transformer',
    roles: ['transformer'],
    layers: Array.from({ length: 24 }, (_, index) => sampleLayer(index)),
    columns: columns.map((column) => sampleColumn(column)),
    search: null,
    partial: false,
    deletedAt: null,
  }
}
