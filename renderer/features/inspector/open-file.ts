import type { InspectionSource } from '../../../contract/inspection'
import { announce } from '../../ui/live-region'
import { countNow } from './count'
import type { InspectorFeature } from './feature'
import { rememberPath, type OpenFile } from './file-store'
import { firstOpen } from './graph/first-open'
import { loadMeasures } from './measure'
import { modelGraphOf } from './model/model-graph'
import { noDifference } from './difference-store'
import { suggestedSizes } from './sizes-store'
import { resetTable } from './table/table-store'

/** Files that can be opened, by the ends of their names. */
const readable = /\.(onnx|safetensors|gguf)$/i

/** Opens a file and shows it, with free dimensions at the sizes that suit their names. */
export async function openSource(feature: InspectorFeature, source: InspectionSource, name: string): Promise<void> {
  const { file, studio } = feature
  const phase = { kind: 'opening' as const, name, sent: null }
  file.setState({ phase })
  try {
    const opened = await readFile(feature, source)
    // Another file was chosen meanwhile.
    if (file.getState().phase !== phase) return
    if (source.kind === 'path') rememberPath(file, source.path)
    show(feature, opened)
  } catch (error) {
    if (file.getState().phase !== phase) return
    file.setState({ phase: { kind: 'failed', name, failure: studio.report(`Opening ${name}`, error), source } })
  }
}

export async function readFile({ studio }: InspectorFeature, source: InspectionSource): Promise<OpenFile> {
  const inspection = await studio.client.inspection.open({ source })
  return { inspection, graph: modelGraphOf(inspection) }
}

function show(feature: InspectorFeature, opened: OpenFile): void {
  const { inspection, graph } = opened
  const isGraph = inspection.nodes.length > 0
  feature.view.setState({
    tab: isGraph ? 'graph' : 'weights',
    metric: isGraph ? 'macs' : 'parameters',
    selected: null,
    hovered: null,
    openInTree: firstOpen(inspection, graph),
    openInGraph: firstOpen(inspection, graph),
    query: '',
    isLesson: false,
  })
  resetTable(feature.table)
  feature.detail.setState({ node: null, weight: null, view: null, failure: null })
  feature.difference.setState(noDifference)
  feature.measure.setState({ profile: null, jobId: null, failure: null })
  feature.sizes.setState({ sizes: suggestedSizes(inspection.dimensions), counts: null, failure: null })
  feature.file.setState({ phase: { kind: 'open', file: opened } })
  announce(`${inspection.name} is open: ${inspection.nodes.length} nodes`)
  void countNow(feature)
  void loadMeasures(feature)
}

/** Opens what was dropped or picked: on the desktop in place, from a browser by sending it, with the weights beside it. */
export async function openFiles(feature: InspectorFeature, files: readonly File[]): Promise<void> {
  const found = inOrder(files)
  const first = found[0]
  if (first === undefined) return
  const path = feature.studio.host.pathOf(first)
  if (path !== null) return openSource(feature, { kind: 'path', path }, first.name)
  const sent = found.reduce((sum, { size }) => sum + size, 0)
  const phase = { kind: 'opening' as const, name: first.name, sent }
  feature.file.setState({ phase })
  try {
    const { uploadId } = await feature.studio.client.inspection.upload({ files: [...found] })
    if (feature.file.getState().phase !== phase) return
    await openSource(feature, { kind: 'upload', uploadId }, first.name)
  } catch (error) {
    const failure = feature.studio.report(`Opening ${first.name}`, error)
    feature.file.setState({ phase: { kind: 'failed', name: first.name, failure, source: null } })
  }
}

/** The model's own file first: the others are its weights. */
export function inOrder(files: readonly File[]): readonly File[] {
  const model = files.find(({ name }) => readable.test(name)) ?? files[0]
  return model === undefined ? [] : [model, ...files.filter((file) => file !== model)]
}

export async function openPath(feature: InspectorFeature, path: string): Promise<void> {
  const plain = path.trim().replace(/^["']|["']$/g, '')
  if (plain !== '') await openSource(feature, { kind: 'path', path: plain }, plain.split(/[\\/]/).at(-1) ?? plain)
}

export function closeFile(feature: InspectorFeature): void {
  feature.file.setState({ phase: { kind: 'empty' } })
  feature.view.setState({ isLesson: false, selected: null, hovered: null })
}
