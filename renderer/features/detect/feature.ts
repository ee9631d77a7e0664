import type { Studio } from '../../studio/studio'
import { createBoxes, type Boxes } from './boxes'
import { createCompareStore, type CompareStore } from './compare-store'
import { createFormStore, type FormStore } from './form-store'
import { createLayersStore, type LayersStore } from './layers-store'
import { createExamples, type Examples } from './source/examples'
import { createPictureList, type PictureList } from './strip/picture-list'
import { createStageStore, type StageStore } from './stage-store'
import { createTruthStore, type TruthStore } from './truth-store'
import { createVideo, type Video } from './video/video'
import { createViewStore, type ViewStore } from './view-store'
import { createRuns, type Runs } from './history/runs'

/** The Detect panel's stores, which live on while another panel is open. */
export interface DetectFeature {
  readonly studio: Studio
  readonly form: FormStore
  readonly view: ViewStore
  readonly stage: StageStore
  readonly boxes: Boxes
  readonly list: PictureList
  readonly runs: Runs
  readonly layers: LayersStore
  readonly compare: CompareStore
  readonly truth: TruthStore
  readonly video: Video
  readonly examples: Examples
}

function createDetectFeature(studio: Studio): DetectFeature {
  const report: Studio['report'] = (doing, error) => studio.report(doing, error)
  const form = createFormStore()
  const view = createViewStore()
  const stage = createStageStore()
  return {
    studio,
    form,
    view,
    stage,
    boxes: createBoxes(stage, form, view),
    list: createPictureList(studio, report),
    runs: createRuns(studio.client, report),
    layers: createLayersStore(),
    compare: createCompareStore(),
    truth: createTruthStore(),
    video: createVideo({ studio, form, stage, view }),
    examples: createExamples(studio),
  }
}

const features = new WeakMap<Studio, DetectFeature>()

/** The studio's one Detect feature, made when the panel is opened for the first time. */
export function detectFeatureOf(studio: Studio): DetectFeature {
  const known = features.get(studio)
  if (known !== undefined) return known
  const made = createDetectFeature(studio)
  features.set(studio, made)
  return made
}
