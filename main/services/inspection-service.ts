import { StudioError } from '../../contract/errors'
import { inspectionIdSchema, type InspectionId } from '../../contract/ids'
import type {
  Convolution,
  InspectableGraph,
  Inspection,
  InspectionDifference,
  InspectionSource,
  NodeDetail,
  TensorView,
} from '../../contract/inspection'
import { shapeAt, type DimensionSizes, type InspectionCounts } from '../../contract/inspection-counts'
import type { Block, MeasuredBlocks, MeasureRequest, Profile, Roofline } from '../../contract/inspection-measures'
import type { Job, JobRequest } from '../../contract/jobs'
import { compareModels } from '../inspect/compare-models'
import { countBlocks } from '../inspect/count-blocks'
import { countModel } from '../inspect/count-model'
import type { CompareInput, ViewInput } from '../inspect/help'
import { makeFeeds } from '../inspect/make-feeds'
import { nodeDetail } from '../inspect/node-detail'
import { openModel } from '../inspect/open-model'
import type { OpenedModel } from '../inspect/opened-model'
import type { TensorViewRequest } from '../inspect/view-tensor'
import type { HelperThread } from '../runtime/helper-thread'
import type { MeasurementsTable } from '../storage/measurements-table'
import { blocksSubject, rooflineSubject } from './inspection-job'
import { fileState, InspectionSources, type SourceFile, type SourceNeeds } from './inspection-sources'

export interface InspectionNeeds extends SourceNeeds {
  readonly measurements: MeasurementsTable
  /** Reads weights. */
  readonly helper: HelperThread
  readonly addJob: (request: JobRequest, title: string) => Job
}

/** Opened files that are kept: a window or two, and what they are compared with. */
const keptModels = 8

interface Kept {
  readonly inspection: Inspection
  readonly model: OpenedModel
}

/** Everything that can be asked of the Inspector. Graphs are read here, on the engine's own thread: without weights that is quick; weights are read by the helper thread. */
export class InspectionService {
  readonly #needs: InspectionNeeds
  readonly #sources: InspectionSources
  /** The last used last. */
  readonly #kept = new Map<InspectionId, Kept>()

  constructor(needs: InspectionNeeds) {
    this.#needs = needs
    this.#sources = new InspectionSources(needs)
  }

  graphs(modelId: string): Promise<InspectableGraph[]> {
    return this.#sources.graphs(modelId)
  }

  upload(files: readonly File[]): Promise<{ uploadId: string }> {
    return this.#sources.upload(files)
  }

  /** @throws StudioError MODEL_BROKEN, MODEL_UNSUPPORTED, MODEL_NOT_FOUND, INVALID_INPUT */
  async open(source: InspectionSource): Promise<Inspection> {
    const { path, name } = await this.#sources.fileOf(source)
    const id = inspectionIdSchema.parse(fileState(path))
    const known = this.#kept.get(id)
    if (known !== undefined) {
      this.#keep(id, known)
      return { ...known.inspection, source }
    }
    const model = openModel(path, name)
    const inspection: Inspection = { ...model.file, id, source }
    this.#keep(id, { inspection, model })
    return inspection
  }

  count(id: InspectionId, sizes: DimensionSizes): InspectionCounts {
    return countModel(this.#model(id), sizes)
  }

  node(id: InspectionId, node: number, sizes: DimensionSizes): NodeDetail {
    const model = this.#model(id)
    if (node >= model.graph.nodes.length) {
      throw new StudioError('INVALID_INPUT', `There is no node ${node}`, {
        field: 'node',
        remedy: `The last one is ${model.graph.nodes.length - 1}.`,
      })
    }
    return nodeDetail(model, node, sizes)
  }

  /** @throws StudioError MODEL_BROKEN where its values are not there, MODEL_UNSUPPORTED where they are no numbers */
  async tensor(request: TensorViewRequest & { inspectionId: InspectionId; weight: number }): Promise<TensorView> {
    const { file, valueSource } = this.#model(request.inspectionId)
    const weight = file.weights[request.weight]
    if (weight === undefined) {
      throw new StudioError('INVALID_INPUT', `There is no weight ${request.weight}`, {
        field: 'weight',
        remedy: file.weights.length === 0 ? 'The file holds none.' : `The last one is ${file.weights.length - 1}.`,
      })
    }
    const name = file.tensors[weight.tensor]!.name
    const input: ViewInput = { name, weight, source: valueSource(request.weight), request }
    return this.#needs.helper.run<ViewInput, TensorView>('view', input)
  }

  async difference(before: InspectionId, after: InspectionId): Promise<InspectionDifference> {
    return compareModels(this.#model(before), this.#model(after), (pairs) =>
      this.#needs.helper.run<CompareInput, readonly (boolean | null)[]>('compare', { pairs }),
    )
  }

  /** Queues a measurement after seeing that it can be made. @throws StudioError as open, INVALID_INPUT where sizes are missing */
  async measure(request: MeasureRequest): Promise<Job> {
    let title = titleOf(request)
    if (request.measure === 'profile') {
      const { id, name, format } = await this.open(request.source)
      title = `Profile of ${name}`
      if (format !== 'onnx') {
        throw new StudioError('MODEL_UNSUPPORTED', `${name} holds weights alone: there is nothing to run`, {
          remedy: 'Profile an ONNX graph.',
        })
      }
      const model = this.#model(id)
      const counts = countModel(model, request.sizes)
      makeFeeds(model.graph, (tensor) => shapeAt(counts, tensor))
    }
    return this.#needs.addJob({ kind: 'inspection', request }, title)
  }

  async profile(source: InspectionSource): Promise<Profile | null> {
    const { path } = await this.#sources.fileOf(source)
    return this.#needs.measurements.find('profile', fileState(path))
  }

  roofline(): Roofline | null {
    return this.#needs.measurements.find('roofline', rooflineSubject)
  }

  blocks(convolution: Convolution): Block[] {
    return countBlocks(convolution)
  }

  measuredBlocks(convolution: Convolution, threads: number): MeasuredBlocks | null {
    return this.#needs.measurements.find('blocks', blocksSubject(convolution, threads))
  }

  /** The file of a source, for the job that measures it. */
  fileOf(source: InspectionSource): Promise<SourceFile> {
    return this.#sources.fileOf(source)
  }

  #keep(id: InspectionId, kept: Kept): void {
    this.#kept.delete(id)
    this.#kept.set(id, kept)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > keptModels && oldest !== undefined) this.#kept.delete(oldest)
  }

  #model(id: InspectionId): OpenedModel {
    const kept = this.#kept.get(id)
    if (kept === undefined) {
      throw new StudioError('INSPECTION_NOT_FOUND', 'This file is no longer open', {
        field: 'inspectionId',
        remedy: 'Open it again.',
      })
    }
    this.#keep(id, kept)
    return kept.model
  }
}

function titleOf(request: MeasureRequest): string {
  switch (request.measure) {
    case 'profile': {
      const { source } = request
      const name =
        source.kind === 'path' ? source.path.split(/[\\/]/).at(-1) : source.kind === 'model' ? source.modelId : 'a file'
      return `Profile of ${name ?? 'a file'}`
    }
    case 'roofline':
      return 'Limits of this machine'
    case 'blocks': {
      const { kernel, inputChannels, outputChannels, height, width } = request.convolution
      return `Blocks for ${kernel} x ${kernel}, ${inputChannels} to ${outputChannels}, ${height} x ${width}`
    }
  }
}
