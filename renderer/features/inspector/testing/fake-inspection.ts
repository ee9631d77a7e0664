import { StudioError } from '../../../../contract/errors'
import type { JobId } from '../../../../contract/ids'
import type { InspectionSource, NodeDetail } from '../../../../contract/inspection'
import type { DimensionSizes } from '../../../../contract/inspection-counts'
import type { Profile } from '../../../../contract/inspection-measures'
import { fakeJob } from '../../../testing/fake-data'
import { createFakeStudio, type FakeStudio } from '../../../testing/fake-studio'
import { tinyCounts, tinyInspection, tinyProfile } from './tiny-model'

/** A fake studio whose core knows one tiny model, and that everything else is broken. */
export function createFakeInspection(): FakeStudio {
  const fake = createFakeStudio()
  let profile: Profile | null = null
  const inspection = {
    graphs: async () => [{ name: 'tiny', file: 'tiny.onnx', bytes: 896 }],
    upload: async () => ({ uploadId: 'upload-1' }),
    async open({ source }: { source: InspectionSource }) {
      if (source.kind === 'path' && source.path.includes('broken')) {
        throw new StudioError('MODEL_BROKEN', 'broken.onnx cannot be read: it is cut off', {
          remedy: 'Copy the file again.',
        })
      }
      return { ...tinyInspection, source }
    },
    count: async ({ sizes = {} }: { sizes?: DimensionSizes }) => tinyCounts(sizes),
    node: async ({ node }: { node: number }): Promise<NodeDetail> => ({
      node,
      description: '',
      attributes: [{ name: 'kernel_shape', type: 'ints', value: '3, 3' }],
      formula: 'N Co H W (Ci/g) k²',
      convolution: null,
      separable: null,
      quantisation: [
        {
          role: 'weight',
          tensor: 1,
          dtype: 'int8',
          bits: null,
          scale: '4, 0.01 to 0.02',
          zeroPoint: '0',
          axis: 0,
          blockSize: null,
        },
      ],
    }),
    tensor: async () => {
      throw new StudioError('INTERNAL', 'The tiny model has no values')
    },
    async measure() {
      profile = tinyProfile({ kind: 'path', path: '/models/tiny.onnx' })
      const job = fakeJob(77, { id: 'job-measure' as JobId, status: 'done' })
      fake.core.emit({ type: 'job', job })
      return job
    },
    profile: async () => profile,
    roofline: async () => null,
    blocks: async () => [],
    measuredBlocks: async () => null,
  }
  Object.assign(fake.core.client, { inspection })
  return fake
}
