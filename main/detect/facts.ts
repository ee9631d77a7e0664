import type { DetectorFacts } from '../../contract/detection'
import type { DetectorSpec } from './detector-spec'
import type { DetectorFolder } from './folder'
import type { Placing } from './picture-input'

/** What can be found with a detector, in the contract's words. */
export function detectorFacts({ precisions, defaultPrecision }: DetectorFolder, spec: DetectorSpec): DetectorFacts {
  const { architecture, architectureName, classes, input, defaults, scoreMeaning } = spec
  return {
    architecture,
    architectureName,
    classes: [...classes],
    input: sizeOf(input.placing),
    precisions: Object.keys(precisions),
    defaultPrecision,
    defaults: { ...defaults },
    scoreMeaning,
    layers: Object.values(precisions).some(({ stages }) => stages !== undefined),
    // These answer with one box for one thing.
    suppression: architecture !== 'detr' && architecture !== 'rt-detr',
  }
}

function sizeOf(placing: Placing): DetectorFacts['input'] {
  if (placing.mode === 'fit') return { width: placing.longest, height: placing.shortest, resize: 'fit' }
  return { width: placing.width, height: placing.height, resize: placing.mode }
}
