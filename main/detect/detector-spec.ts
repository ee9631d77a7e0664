import type { DetectorArchitecture, DetectorClass } from '../../contract/detection'
import type { PictureInput } from './picture-input'
import type { AnchorGrid } from './thundernet/anchors'
import type { ProposalRule } from './thundernet/proposals'

type Stds = readonly [number, number, number, number]

/** What ThunderNet's numbers mean, besides the graphs. */
export interface ThunderNetSpec {
  readonly anchors: AnchorGrid
  readonly rpnStds: Stds
  readonly headStds: Stds
  readonly deltaLimit: number
  readonly proposals: ProposalRule
  /** Column of the background among the scores. */
  readonly background: number
}

/** What a score means where nobody has said. */
export const foreignScore = 'As the network gives it; whether it is calibrated is not known.'

/** How a detector reads a picture and how its output is read, whoever made it. Plain data. */
export interface DetectorSpec {
  readonly architecture: DetectorArchitecture
  /** For people: "ThunderNet SNet49". */
  readonly architectureName: string
  readonly classes: readonly DetectorClass[]
  readonly input: PictureInput
  readonly defaults: { readonly score: number; readonly overlap: number }
  readonly scoreMeaning: string
  /** Of a DETR with focal loss: pairs of a query and a class that count; as many as there are queries where absent. */
  readonly pairs?: number
  readonly thundernet?: ThunderNetSpec
}
