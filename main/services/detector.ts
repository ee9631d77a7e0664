import type { DetectionResult, DetectorFacts } from '../../contract/detection'
import type { Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import type { Settings } from '../../contract/settings'
import type { ModelId } from '../../contract/ids'
import type { DetectTaskInput, DetectTaskOutput, LayersTaskInput, LayersTaskOutput } from '../detect/detect-task'
import { detectorFacts } from '../detect/facts'
import { detectorGraphs, type DetectorFolder, type DetectorGraphs } from '../detect/folder'
import type { DetectorSpec } from '../detect/detector-spec'
import type { DetectionPictures, ReadPicture } from './detection-pictures'
import type { DeviceService } from './device-service'
import type { TaskRunner } from './image-job'

export interface DetectorNeeds {
  readonly devices: DeviceService
  readonly worker: TaskRunner
  readonly settings: () => Settings
  readonly pictures: DetectionPictures
  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED */
  readonly detectorModel: (modelId: string) => Promise<{ name: string; folder: DetectorFolder }>
  readonly modelHash: (modelId: string) => Promise<string>
}

/** A detector that was chosen, on a device that was chosen. */
export interface ChosenDetector {
  readonly modelId: ModelId
  readonly name: string
  readonly precision: string
  readonly graphs: DetectorGraphs
  readonly spec: DetectorSpec
  readonly facts: DetectorFacts
  readonly provider: Provider
  readonly fallbackReason: string | null
}

/** Looks at pictures with a detector: the way from a file's bytes to raw boxes. */
export class Detector {
  readonly #needs: DetectorNeeds

  constructor(needs: DetectorNeeds) {
    this.#needs = needs
  }

  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED, INVALID_INPUT, DEVICE_UNAVAILABLE */
  async choose(modelId: ModelId, asked: string | undefined): Promise<ChosenDetector> {
    const { name, folder } = await this.#needs.detectorModel(modelId)
    const { precision, graphs, spec } = detectorGraphs(folder, asked)
    const { provider, fallbackReason = null } = await this.#needs.devices.choose()
    return { modelId, name, precision, graphs, spec, facts: detectorFacts(folder, spec), provider, fallbackReason }
  }

  hash(modelId: ModelId): Promise<string> {
    return this.#needs.modelHash(modelId)
  }

  /** @throws StudioError INVALID_INPUT, PICTURE_TOO_LARGE */
  read(
    bytes: Uint8Array,
    { spec }: ChosenDetector,
    how: { readonly field: string; readonly thumbnail?: boolean },
  ): Promise<ReadPicture> {
    return this.#needs.pictures.read(bytes, spec.input, how)
  }

  /** Runs the network over a picture that was read. Waits for the worker's task in hand. */
  async look(chosen: ChosenDetector, read: ReadPicture, signal: AbortSignal): Promise<DetectionResult> {
    const { modelId, graphs, spec, provider, precision } = chosen
    const input = { modelId, graphs, spec, picture: read.picture, provider, threads: this.#needs.settings().threads }
    const { candidates, network, finish, threads } = await this.#needs.worker.run<
      DetectTaskInput,
      DetectTaskOutput,
      never
    >('detect', input, this.#options(read, signal))
    const { width, height, notes, decode, milliseconds: prepare } = read
    return {
      width,
      height,
      candidates,
      timings: { decode, prepare, network, finish },
      provider,
      threads,
      precision,
      notes,
    }
  }

  /** Runs the two stages apart over a picture that was read. @throws StudioError MODEL_UNSUPPORTED where they are not there */
  async layers(
    chosen: ChosenDetector,
    read: ReadPicture,
    proposals: number,
    signal: AbortSignal,
  ): Promise<LayersTaskOutput> {
    const { modelId, graphs, spec, provider, name } = chosen
    if (graphs.stages === undefined || spec.thundernet === undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `${name} cannot be looked into: it has no two stages apart`, {
        field: 'modelId',
        remedy: 'Choose a ThunderNet that was exported with rpn and head graphs.',
      })
    }
    const { threads } = this.#needs.settings()
    const { stages } = graphs
    const input = { modelId, stages, spec: spec.thundernet, picture: read.picture, provider, threads, proposals }
    return this.#needs.worker.run<LayersTaskInput, LayersTaskOutput, never>(
      'detect-layers',
      input,
      this.#options(read, signal),
    )
  }

  /** Frees the model where people do not want it kept. */
  async done({ modelId }: ChosenDetector): Promise<void> {
    // Somebody else may be using it by now: it is then freed after them.
    if (!this.#needs.settings().keepModels) await this.#needs.devices.release(modelId).catch(() => undefined)
  }

  #options(read: ReadPicture, signal: AbortSignal) {
    const transfer = [read.picture.pixels.data.buffer as ArrayBuffer]
    return { onEvent: () => undefined, signal, transfer }
  }
}
