import { activeLeaf } from '../../contract/chat-tree'
import {
  copyImage,
  recallAll,
  recallField,
  saveImage,
  stop,
  toggleCompare,
  toggleStar,
} from '../features/image/actions'
import { submit } from '../features/image/controls/prompt-field'
import { selectedImage } from '../features/image/selectors'
import { cancelAll, jobsToCome } from '../features/queue/cancel-all'
import { setPaused } from '../features/queue/queue-actions'
import { editLast, regenerate, send, stopAnswer, whyNotSend } from '../features/chat/actions'
import { exportConversation, newConversation } from '../features/chat/conversation-actions'
import { chatFeatureOf } from '../features/chat/feature'
import { answerInHand } from '../features/chat/selectors'
import { detectActions } from '../features/detect/commands'
import { detectFeatureOf } from '../features/detect/feature'
import { inspectorActions } from '../features/inspector/commands'
import { inspectorFeatureOf } from '../features/inspector/feature'
import { precisionActions } from '../features/precision/commands'
import { precisionFeatureOf } from '../features/precision/feature'
import { startRace } from '../features/speculate/actions'
import { calibrate } from '../features/speculate/calibrate'
import { speculateFeatureOf } from '../features/speculate/feature'
import { runningJob } from '../studio/jobs-state'
import { sheetQuery } from '../studio/layout-store'
import type { Studio } from '../studio/studio'
import { showToast } from '../ui/toaster'
import { showPanel, type AppStore } from './app-store'
import { panels, type Features } from './panels'
import { nextTheme } from './theme'

export interface Command {
  readonly id: string
  readonly title: string
  readonly group: 'Image' | 'Chat' | 'Detect' | 'Speculate' | 'Precision' | 'Inspector' | 'Queue' | 'Go to' | 'Studio'
  /** As tinykeys spells them; they act wherever the focus is. Two commands may share them if they belong to different panels. */
  readonly keys?: string
  /** The panel that the keys belong to; from another working panel they do nothing. */
  readonly panel?: string
  /** Why it cannot run now, in words. */
  disabledReason?(): string | null
  run(): void
}

export interface CommandContext {
  readonly studio: Studio
  readonly app: AppStore
  readonly features: Features
}

/** The one table of actions: the palette lists it, the keys run it, and the native menu sends its ids. */
export function createCommands(context: CommandContext): readonly Command[] {
  return [
    ...imageCommands(context),
    ...chatCommands(context),
    ...detectCommands(context),
    ...speculateCommands(context),
    ...precisionCommands(context),
    ...inspectorCommands(context),
    ...queueCommands(context),
    ...panelCommands(context),
    ...studioCommands(context),
  ]
}

function imageCommands({ app, features, studio }: CommandContext): readonly Command[] {
  const { image } = features
  const current = () => selectedImage(image)
  const needsImage = () => (current() === null ? 'No picture on the stage' : null)
  const go = (run: () => void) => () => {
    showPanel(app, 'image')
    run()
  }
  function withImage(run: (picture: NonNullable<ReturnType<typeof current>>) => void): () => void {
    return go(() => {
      const picture = current()
      if (picture !== null) run(picture)
    })
  }
  const shared = { group: 'Image', panel: 'image' } as const
  return [
    { ...shared, id: 'image.generate', title: 'Add to queue', keys: '$mod+Enter', run: go(() => void submit(image)) },
    {
      ...shared,
      id: 'image.generateFirst',
      title: 'Add to the front of the queue',
      keys: '$mod+Shift+Enter',
      run: go(() => void submit(image, true)),
    },
    {
      ...shared,
      id: 'image.search',
      title: 'Find a picture',
      keys: '$mod+f',
      run: go(() => image.view.setState({ isSearchOpen: true })),
    },
    { ...shared, id: 'image.startImage', title: 'Choose a start image', run: go(chooseStartImage) },
    {
      ...shared,
      id: 'image.mask',
      title: 'Paint a mask',
      disabledReason: () => (image.form.getState().draft.initImage === undefined ? 'Choose a start image first' : null),
      run: go(() => image.view.setState({ isMaskOpen: true })),
    },
    {
      ...shared,
      id: 'image.recallAll',
      title: 'Use the settings of the picture on the stage',
      disabledReason: needsImage,
      run: withImage((picture) => recallAll(image, picture.settings)),
    },
    {
      ...shared,
      id: 'image.recallSeed',
      title: 'Use the seed of the picture on the stage',
      disabledReason: needsImage,
      run: withImage((picture) => recallField(image, picture.settings, 'seed')),
    },
    {
      ...shared,
      id: 'image.recallPrompt',
      title: 'Use the prompt of the picture on the stage',
      disabledReason: needsImage,
      run: withImage((picture) => recallField(image, picture.settings, 'prompt')),
    },
    {
      ...shared,
      id: 'image.star',
      title: 'Star the picture on the stage',
      disabledReason: needsImage,
      run: withImage((picture) => toggleStar(image, picture)),
    },
    {
      ...shared,
      id: 'image.compare',
      title: 'Compare with the picture before',
      disabledReason: needsImage,
      run: withImage(() => toggleCompare(image)),
    },
    {
      ...shared,
      id: 'image.copy',
      title: 'Copy the picture',
      disabledReason: needsImage,
      run: withImage((picture) => void copyImage(image, picture.assetId)),
    },
    {
      ...shared,
      id: 'image.save',
      title: 'Save the picture as…',
      keys: '$mod+s',
      disabledReason: needsImage,
      run: withImage((picture) => void saveImage(image, picture.assetId, picture.settings)),
    },
    {
      ...shared,
      id: 'image.unloadModels',
      title: 'Unload all models from memory',
      disabledReason: () => ((studio.devices.getState().memory?.models.length ?? 0) === 0 ? 'None is loaded' : null),
      run: () => {
        for (const { modelId } of studio.devices.getState().memory?.models ?? [])
          void studio.devices.getState().release(modelId)
      },
    },
  ]
}

function chatCommands({ app, studio }: CommandContext): readonly Command[] {
  const feature = chatFeatureOf(studio)
  const detail = () => feature.open.store.getState().detail
  const lastAnswer = () => {
    const open = detail()
    const last = open === null ? null : activeLeaf(open)
    return last?.role === 'assistant' ? last : null
  }
  const needsAnswer = () =>
    lastAnswer() === null || answerInHand(detail()) !== null ? 'No answer that could be given again' : null
  const needsConversation = () => (detail() === null ? 'No conversation is open' : null)
  const go = (run: () => void) => () => {
    showPanel(app, 'chat')
    run()
  }
  const exportAs = (format: 'markdown' | 'json') =>
    go(() => {
      const open = detail()
      if (open !== null) void exportConversation(feature, open.conversation.id, format)
    })
  const shared = { group: 'Chat', panel: 'chat' } as const
  return [
    {
      ...shared,
      id: 'chat.new',
      title: 'New conversation',
      keys: '$mod+Shift+o',
      run: go(() => newConversation(feature)),
    },
    {
      ...shared,
      id: 'chat.send',
      title: 'Send the message',
      keys: '$mod+Enter',
      disabledReason: () => whyNotSend(feature),
      run: go(() => void send(feature)),
    },
    {
      ...shared,
      id: 'chat.stop',
      title: 'Stop the answer, and keep what is there',
      disabledReason: () => (answerInHand(detail()) === null ? 'No answer is being given' : null),
      run: () => void stopAnswer(feature),
    },
    {
      ...shared,
      id: 'chat.again',
      title: 'Answer again',
      keys: '$mod+Shift+Enter',
      disabledReason: needsAnswer,
      run: go(() => {
        const answer = lastAnswer()
        if (answer !== null) void regenerate(feature, answer.id)
      }),
    },
    { ...shared, id: 'chat.editLast', title: 'Edit my last message', run: go(() => void editLast(feature)) },
    {
      ...shared,
      id: 'chat.search',
      title: 'Search conversations',
      keys: '$mod+f',
      run: go(() => feature.view.setState((state) => ({ searchTurn: state.searchTurn + 1 }))),
    },
    {
      ...shared,
      id: 'chat.gallery',
      title: 'Attach a picture from the gallery',
      run: go(() => feature.view.setState({ isGalleryOpen: true })),
    },
    {
      ...shared,
      id: 'chat.side',
      title: 'Show or hide settings and branches',
      keys: '$mod+Shift+s',
      run: go(() => feature.view.setState((state) => ({ isSideOpen: !state.isSideOpen }))),
    },
    {
      ...shared,
      id: 'chat.exportMarkdown',
      title: 'Export the conversation as Markdown with pictures',
      disabledReason: needsConversation,
      run: exportAs('markdown'),
    },
    {
      ...shared,
      id: 'chat.exportJson',
      title: 'Export the conversation as JSON',
      disabledReason: needsConversation,
      run: exportAs('json'),
    },
  ]
}

function detectCommands({ app, studio }: CommandContext): readonly Command[] {
  return detectActions(detectFeatureOf(studio)).map(({ id, run, ...action }) => ({
    ...action,
    id: `detect.${id}`,
    group: 'Detect' as const,
    panel: 'detect',
    run: () => {
      showPanel(app, 'detect')
      run()
    },
  }))
}

function inspectorCommands({ app, studio }: CommandContext): readonly Command[] {
  return inspectorActions(inspectorFeatureOf(studio)).map(({ id, run, ...action }) => ({
    ...action,
    id: `inspector.${id}`,
    group: 'Inspector' as const,
    panel: 'inspector',
    run: () => {
      showPanel(app, 'inspector')
      run()
    },
  }))
}

function speculateCommands({ app, studio }: CommandContext): readonly Command[] {
  const feature = speculateFeatureOf(studio)
  const go = (run: () => void) => () => {
    showPanel(app, 'speculate')
    run()
  }
  const shared = { group: 'Speculate', panel: 'speculate' } as const
  return [
    {
      ...shared,
      id: 'speculate.race',
      title: 'Race the chosen strategies',
      keys: '$mod+Enter',
      run: go(() => void startRace(feature)),
    },
    {
      ...shared,
      id: 'speculate.calibrate',
      title: 'Calibrate this machine',
      run: go(() => void calibrate(feature)),
    },
  ]
}

function precisionCommands({ app, studio }: CommandContext): readonly Command[] {
  return precisionActions(precisionFeatureOf(studio)).map(({ id, run, ...action }) => ({
    ...action,
    id: `precision.${id}`,
    group: 'Precision' as const,
    panel: 'precision',
    run: () => {
      showPanel(app, 'precision')
      run()
    },
  }))
}

function chooseStartImage(): void {
  document.querySelector<HTMLElement>('[data-field="initImage"] button')?.click()
}

function queueCommands({ studio, features }: CommandContext): readonly Command[] {
  const group = 'Queue'
  const isPaused = () => studio.jobs.getState().queue.paused
  return [
    {
      id: 'queue.stop',
      title: 'Stop the current job, and keep what is there',
      group,
      keys: '$mod+Period',
      disabledReason: () => (runningJob(studio.jobs.getState()) === null ? 'Nothing runs' : null),
      run: () => void stop(features.image),
    },
    {
      id: 'queue.cancelAll',
      title: 'Stop the current job and cancel those that wait',
      group,
      disabledReason: () => (jobsToCome(studio.jobs.getState()).length === 0 ? 'Nothing runs or waits' : null),
      run: () => void cancelAll(studio),
    },
    { id: 'queue.toggle', title: 'Show the queue', group, keys: '$mod+j', run: () => toggleQueue(studio) },
    {
      id: 'queue.pause',
      title: 'Pause the queue after this job',
      group,
      disabledReason: () => (isPaused() ? 'It is paused' : null),
      run: () => void setPaused(studio, true),
    },
    {
      id: 'queue.resume',
      title: 'Go on with the queue',
      group,
      disabledReason: () => (isPaused() ? null : 'It is not paused'),
      run: () => void setPaused(studio, false),
    },
    { id: 'queue.clear', title: 'Clear the jobs that are over', group, run: () => void studio.client.jobs.clear() },
  ]
}

function panelCommands({ app }: CommandContext): readonly Command[] {
  return panels
    .filter((panel) => panel.isAtFoot !== true)
    .map((panel, index) => ({
      id: `go.${panel.id}`,
      title: panel.label,
      group: 'Go to' as const,
      keys: `$mod+Digit${index + 1}`,
      run: () => showPanel(app, panel.id),
    }))
}

function studioCommands({ app, studio }: CommandContext): readonly Command[] {
  const group = 'Studio'
  return [
    {
      id: 'app.palette',
      title: 'Search actions',
      group,
      keys: '$mod+k',
      run: () => app.setState((state) => ({ isPaletteOpen: !state.isPaletteOpen })),
    },
    { id: 'app.settings', title: 'Settings', group, keys: '$mod+Comma', run: () => showPanel(app, 'settings') },
    { id: 'app.shortcuts', title: 'Keyboard shortcuts', group, run: () => app.setState({ isShortcutsOpen: true }) },
    { id: 'app.details', title: 'Show or hide the details', group, run: () => toggleDetails(studio) },
    {
      id: 'app.theme',
      title: 'Switch the theme',
      group,
      run: () =>
        void studio.settings
          .getState()
          .change({ theme: nextTheme(studio.settings.getState().settings?.theme ?? 'system') }),
    },
    { id: 'app.errors', title: 'Show what went wrong', group, run: () => app.setState({ isErrorsOpen: true }) },
    { id: 'app.models', title: 'Look for models again', group, run: () => void studio.models.getState().refresh() },
    {
      id: 'app.undo',
      title: 'Undo the last action',
      group,
      run: () => {
        const undone = studio.undo.undo()
        showToast({
          id: 'undone',
          text: undone === null ? 'Nothing to undo' : 'Undone',
          ...(undone === null ? {} : { detail: undone.what }),
        })
      },
    },
  ]
}

function isNarrow(): boolean {
  return window.matchMedia(sheetQuery).matches
}

function toggleDetails({ layout }: Studio): void {
  if (isNarrow()) layout.setState((state) => ({ isSheetOpen: !state.isSheetOpen }))
  else layout.setState((state) => ({ isDetailsOpen: !state.isDetailsOpen }))
}

/** Opens the queue, or goes back to the details where it is open already. */
function toggleQueue({ layout }: Studio): void {
  const { isDetailsOpen, isSheetOpen, detailsTab } = layout.getState()
  const isOpen = isNarrow() ? isSheetOpen : isDetailsOpen
  const isShown = isOpen && detailsTab === 'queue'
  layout.setState({
    detailsTab: isShown ? 'details' : 'queue',
    ...(isNarrow() ? { isSheetOpen: !isShown } : { isDetailsOpen: true }),
  })
}
