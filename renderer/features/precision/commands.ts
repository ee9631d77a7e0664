import { startComparison } from './compare/actions'
import type { PrecisionFeature } from './feature'
import type { Page } from './view-store'

/** What can be done in the Precision panel, for the command palette and the shortcut sheet. */
export interface PrecisionAction {
  readonly id: string
  readonly title: string
  readonly keys?: string
  readonly disabledReason?: () => string | null
  readonly run: () => void
}

export function precisionActions(feature: PrecisionFeature): readonly PrecisionAction[] {
  const { view, comparison } = feature
  const open = (page: Page) => () => view.setState({ page })
  return [
    {
      id: 'compare',
      title: 'Compare the chosen precisions',
      keys: '$mod+Enter',
      disabledReason: () => (comparison.getState().shown?.isRunning === true ? 'A comparison runs' : null),
      run: () => {
        open('compare')()
        void startComparison(feature)
      },
    },
    { id: 'numbers', title: 'Look at one number in every format', run: open('numbers') },
    { id: 'training', title: 'Show training in mixed precision', run: open('training') },
    { id: 'runs', title: 'Open a saved comparison', run: () => view.setState({ page: 'compare', isRunsOpen: true }) },
  ]
}
