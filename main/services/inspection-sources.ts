import { createHash, randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { StudioError } from '../../contract/errors'
import type { InspectableGraph, InspectionSource } from '../../contract/inspection'
import type { Model } from '../../contract/models'
import { shortName } from '../runtime/onnx/read-model'

const inspectable = /\.(onnx|safetensors|gguf)$/i
const deepest = 4
const mostFiles = 500
const mostUploadBytes = 2 * 2 ** 30
const keptUploads = 4

export interface SourceNeeds {
  /** All models of the library, broken ones too: what is wrong with them is what one wants to see. */
  readonly models: () => Promise<readonly Model[]>
  /** Where uploaded files go. */
  readonly uploads: string
}

/** A file, and what people call it. */
export interface SourceFile {
  readonly path: string
  readonly name: string
}

/** Finds the file behind each way of naming one. */
export class InspectionSources {
  readonly #needs: SourceNeeds

  constructor(needs: SourceNeeds) {
    this.#needs = needs
  }

  /** The files of a library model that can be inspected, the largest first. @throws StudioError MODEL_NOT_FOUND */
  async graphs(modelId: string): Promise<InspectableGraph[]> {
    const { folder } = await this.#model(modelId)
    const files: InspectableGraph[] = []
    await this.#collect(folder, folder, 0, files)
    return files.sort((a, b) => b.bytes - a.bytes || a.file.localeCompare(b.file))
  }

  /** The file of a source. @throws StudioError MODEL_NOT_FOUND, INVALID_INPUT */
  async fileOf(source: InspectionSource): Promise<SourceFile> {
    const path = await this.#pathOf(source)
    // The folder of an upload is a number that nobody has seen.
    return { path, name: source.kind === 'upload' ? basename(path) : shortName(path) }
  }

  async #pathOf(source: InspectionSource): Promise<string> {
    switch (source.kind) {
      case 'path':
        return fileAt(resolve(source.path))
      case 'upload':
        return this.#uploaded(source.uploadId)
      case 'model': {
        const { folder } = await this.#model(source.modelId)
        const graphs = await this.graphs(source.modelId)
        const graph = graphs.find(
          ({ name, file }) => source.graph === undefined || name === source.graph || file === source.graph,
        )
        if (graph === undefined) {
          const known = graphs.map(({ name }) => name).join(', ')
          throw new StudioError('INVALID_INPUT', `The model has no graph "${source.graph ?? ''}"`, {
            field: 'graph',
            remedy: known === '' ? 'Its folder holds no file that can be inspected.' : `Choose one of: ${known}.`,
          })
        }
        return join(folder, graph.file)
      }
    }
  }

  /** Keeps uploaded files together in a folder, under their own names. @throws StudioError INVALID_INPUT */
  async upload(files: readonly File[]): Promise<{ uploadId: string }> {
    const names = files.map(({ name }) => safeName(name))
    if (new Set(names).size < names.length) {
      throw new StudioError('INVALID_INPUT', 'Two of the files have the same name', {
        field: 'files',
        remedy: 'Hand over one model at a time, with the files of its own weights.',
      })
    }
    if (files.reduce((sum, { size }) => sum + size, 0) > mostUploadBytes) {
      throw new StudioError('INVALID_INPUT', 'Files above 2 GB cannot be handed over', {
        field: 'files',
        remedy: 'Give the path of the file instead.',
      })
    }
    const uploadId = randomUUID()
    const folder = join(this.#needs.uploads, uploadId)
    await mkdir(folder, { recursive: true })
    for (const [place, file] of files.entries())
      await writeFile(join(folder, names[place]!), Readable.fromWeb(file.stream() as ReadableStream))
    // The first one is opened: its name is written down, because a folder has no order.
    await writeFile(join(folder, firstName), names[0] ?? '')
    await this.#forgetOld()
    return { uploadId }
  }

  async #model(modelId: string): Promise<Model> {
    const models = await this.#needs.models()
    const model = models.find(({ id }) => id === modelId)
    if (model === undefined) {
      throw new StudioError('MODEL_NOT_FOUND', `There is no model "${modelId}"`, {
        field: 'modelId',
        remedy: `Choose one of: ${models.map(({ id }) => id).join(', ')}.`,
      })
    }
    return model
  }

  async #collect(root: string, folder: string, depth: number, files: InspectableGraph[]): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && depth < deepest) await this.#collect(root, path, depth + 1, files)
      if (entry.isDirectory() || !inspectable.test(entry.name) || files.length >= mostFiles) continue
      const file = relative(root, path).split(sep).join('/')
      const { size } = await stat(path)
      files.push({ name: file.replace(/(\/model)?\.onnx$/i, ''), file, bytes: size })
    }
  }

  async #uploaded(uploadId: string): Promise<string> {
    const folder = join(this.#needs.uploads, uploadId)
    const names = await readdir(folder).catch(() => [] as string[])
    const first = names.includes(firstName) ? await readFirst(folder) : undefined
    if (first === undefined || !names.includes(first)) {
      throw new StudioError('INVALID_INPUT', 'The file that was handed over is no longer kept', {
        field: 'uploadId',
        remedy: 'Drop it on the Inspector again.',
      })
    }
    return join(folder, first)
  }

  async #forgetOld(): Promise<void> {
    const folders = await readdir(this.#needs.uploads)
    const dated = await Promise.all(
      folders.map(async (name) => ({ name, time: (await stat(join(this.#needs.uploads, name))).mtimeMs })),
    )
    const old = dated.sort((a, b) => b.time - a.time).slice(keptUploads)
    for (const { name } of old) await rm(join(this.#needs.uploads, name), { recursive: true, force: true })
  }
}

const firstName = '.first'

async function readFirst(folder: string): Promise<string> {
  return safeName(await readFile(join(folder, firstName), 'utf8'))
}

/** What no file of Windows may be called, and what nobody would see. */
const unsafe = /[<>:"|?*\p{C}]/gu
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** A file's own name, without anything that would lead elsewhere. */
function safeName(name: string): string {
  const plain = basename(name.replaceAll('\\', '/'))
    .replace(unsafe, '_')
    .slice(0, 200)
    .replace(/[. ]+$/, '')
  return plain === '' || plain.startsWith('.') || reserved.test(plain) ? `model${plain}` : plain
}

function fileAt(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isFile() === true) return path
  throw new StudioError('INVALID_INPUT', stats === undefined ? `There is no file ${path}` : `${path} is no file`, {
    field: 'path',
    remedy: 'Check the path.',
  })
}

/** What tells a file in one state from another: its path, size and time of change. */
export function fileState(path: string): string {
  const { size, mtimeMs } = statSync(path)
  return createHash('sha256').update(`${path}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 32)
}
