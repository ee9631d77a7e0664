import { comparisonSchema, type Comparison } from '../../../contract/precision-results'
import { sampleAssetId } from './sample-records'

/** A comparison that nobody measured. */
export function sampleComparison(id: string, createdAt: number, change: Partial<Comparison> = {}): Comparison {
  const asset = sampleAssetId
  const comparison = comparisonSchema.parse({
    id,
    createdAt,
    settings: {
      modelId: 'detector',
      subject: { kind: 'detection', pictures: [{ assetId: asset, name: '50% of a shelf.jpg' }] },
      columns: [{ column: 'fp16' }],
    },
    modelName: 'Detector',
    modelHash: 'hash',
    provider: 'cpu',
    threads: 2,
    machine: 'here',
    mainRole: 'detect',
    roles: ['detect'],
    layers: [],
    columns: [],
    search: null,
    partial: false,
    deletedAt: null,
  })
  return { ...comparison, ...change }
}
