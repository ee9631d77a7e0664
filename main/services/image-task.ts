import type { Provider } from '../../contract/devices'
import type { GenerateSettings } from '../../contract/images'
import type { Sd3Folder } from '../images/folder'
import { EmbeddingCache } from '../images/embedding-cache'
import { generateImages, type ImageEvent } from '../images/generate'
import type { GreyImage, RgbImage } from '../tensor/image'
import type { TaskContext } from '../runtime/serve-tasks'

/** What the worker needs to draw: plain data that can be cloned into its thread. */
export interface ImageTaskInput {
  readonly modelId: string
  readonly folder: Sd3Folder
  readonly settings: GenerateSettings
  readonly provider: Provider
  readonly threads: number
  /** Release each graph as soon as its stage is over, rather than keeping it for the next picture. */
  readonly releaseStages: boolean
  readonly initImage?: RgbImage
  readonly mask?: GreyImage
}

export interface ImageTaskOutput {
  /** Sum of the graph runs, to see what everything around them costs. */
  readonly graphMilliseconds: number
  readonly totalMilliseconds: number
}

/** Prompts that were encoded before, kept for the life of the worker. */
const embeddings = new EmbeddingCache()

/** Draws the pictures of one job inside the inference worker. */
export async function runImageTask(input: ImageTaskInput, context: TaskContext<ImageEvent>): Promise<ImageTaskOutput> {
  const { modelId, folder, settings, provider, threads } = input
  const started = performance.now()
  let graphMilliseconds = 0
  await generateImages(
    folder,
    settings,
    {
      ...(input.initImage === undefined ? {} : { initImage: input.initImage }),
      ...(input.mask === undefined ? {} : { mask: input.mask }),
    },
    {
      open: (role) => {
        const path = folder.graphs[role]
        if (path === undefined) throw new Error(`The folder of ${modelId} has no ${role}`)
        return context.sessions.open({ modelId, role, path, provider, threads })
      },
      stageDone: async (roles) => {
        if (!input.releaseStages) return
        for (const role of roles) await context.sessions.release(modelId, role)
      },
      emit: (event) => {
        if (event.type === 'image') graphMilliseconds += event.graphMilliseconds
        const pixels = event.type === 'image' || event.type === 'frame' ? [event.rgb.buffer as ArrayBuffer] : []
        context.emit(event, pixels)
      },
      isCancelled: () => context.isCancelled(),
      now: () => performance.now(),
      embeddings,
    },
  )
  return { graphMilliseconds, totalMilliseconds: performance.now() - started }
}
