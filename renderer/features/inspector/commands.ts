import type { InspectorFeature } from './feature'
import { openFileOf } from './file-store'
import { measureFile, measureRoofline } from './measure'
import type { Metric } from './model/costs'
import { closeFile, openFiles } from './open-file'
import { chooseFiles } from '../../ui/choose-files'
import type { ViewTab } from './view-store'

/** An action of the panel, for the palette and for keys that act anywhere in it. */
export interface InspectorAction {
  readonly id: string
  readonly title: string
  readonly keys?: string
  readonly disabledReason?: () => string | null
  readonly run: () => void
}

const views: readonly (readonly [ViewTab, string])[] = [
  ['graph', 'Show the graph'],
  ['table', 'Show the table of nodes'],
  ['treemap', 'Show the treemap'],
  ['depth', 'Show costs along the depth'],
  ['roofline', 'Show the roofline'],
  ['weights', 'Show the weights'],
]

const metrics: readonly (readonly [Metric, string])[] = [
  ['parameters', 'Weigh by parameters'],
  ['macs', 'Weigh by multiply-adds'],
  ['time', 'Weigh by time'],
]

export function inspectorActions(feature: InspectorFeature): readonly InspectorAction[] {
  const { file, view } = feature
  const needsFile = () => (openFileOf(file.getState()) === null ? 'No file is open' : null)
  return [
    {
      id: 'open',
      title: 'Open a model file',
      keys: '$mod+o',
      run: () => void chooseFiles({ isMultiple: true }).then((files) => openFiles(feature, files)),
    },
    {
      id: 'search',
      title: 'Search the model',
      keys: '$mod+f',
      disabledReason: needsFile,
      run: () => document.querySelector<HTMLElement>('[data-field="inspector-search"] input')?.focus(),
    },
    {
      id: 'measure',
      title: 'Measure the time of each node',
      keys: '$mod+Enter',
      disabledReason: needsFile,
      run: () => void measureFile(feature),
    },
    { id: 'machine', title: 'Measure what this machine can do at most', run: () => void measureRoofline(feature) },
    {
      id: 'lesson',
      title: 'Factorise a convolution',
      run: () => view.setState({ tab: 'factorise', isLesson: true }),
    },
    ...views.map(([tab, title]) => ({
      id: `view.${tab}`,
      title,
      disabledReason: needsFile,
      run: () => view.setState({ tab }),
    })),
    ...metrics.map(([metric, title]) => ({
      id: `metric.${metric}`,
      title,
      disabledReason: needsFile,
      run: () => view.setState({ metric }),
    })),
    { id: 'close', title: 'Close the model file', disabledReason: needsFile, run: () => closeFile(feature) },
  ]
}
