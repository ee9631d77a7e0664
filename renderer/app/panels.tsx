import { Binary, Image as ImageIcon, MessageSquare, Network, ScanSearch, Settings, Workflow } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import type { Job } from '../../contract/jobs'
import { LazyChatPanel } from '../features/chat/lazy-chat-panel'
import type { ChatExits } from '../features/chat/context'
import { chatFeatureOf, showConversation } from '../features/chat/feature'
import type { DetectExits } from '../features/detect/context'
import { detectFeatureOf } from '../features/detect/feature'
import { LazyDetectPanel } from '../features/detect/lazy-detect-panel'
import { openRun } from '../features/detect/run-actions'
import { startFrom } from '../features/image/actions'
import { ImageContext, showJob, type ImageFeature } from '../features/image/feature'
import { ImagePanel } from '../features/image/image-panel'
import { startFromBox } from '../features/image/start-from-box'
import { selectImage } from '../features/image/view-store'
import { LazyInspectorPanel } from '../features/inspector/lazy-inspector-panel'
import { openComparison } from '../features/precision/compare/actions'
import { precisionFeatureOf } from '../features/precision/feature'
import { LazyPrecisionPanel } from '../features/precision/lazy-precision-panel'
import { QueuePanel } from '../features/queue/queue-panel'
import { SettingsPanel } from '../features/settings/settings-panel'
import { SpeculatePanel } from '../features/speculate/speculate-panel'

export interface Panel {
  readonly id: string
  readonly label: string
  readonly icon: ComponentType<{ size?: number; strokeWidth?: number; className?: string }>
  readonly isAtFoot?: boolean
  /** @param show brings another panel to the front */
  render(features: Features, show: (panel: string) => void): ReactNode
}

export interface Features {
  readonly image: ImageFeature
}

/** The panel that shows what a job does. */
export function panelOf(job: Job | null): string | null {
  if (job === null) return null
  switch (job.request.kind) {
    case 'image':
      return 'image'
    case 'chat':
      return 'chat'
    case 'detection':
      return 'detect'
    case 'race':
    case 'calibration':
      return 'speculate'
    case 'inspection':
      return 'inspector'
    case 'precision':
      return 'precision'
  }
}

/** Brings what a job made or makes to the front. */
function showWork(job: Job, image: ImageFeature, show: (panel: string) => void): void {
  if (job.request.kind === 'image') void showJob(image, job)
  else if (job.request.kind === 'chat') {
    showConversation(chatFeatureOf(image.studio), job.request.request.conversationId)
    show('chat')
  } else if (job.request.kind === 'detection') {
    void openRun(detectFeatureOf(image.studio), job.request.request.runId)
    show('detect')
  } else {
    if (job.request.kind === 'precision' && job.comparisonId !== null)
      void openComparison(precisionFeatureOf(image.studio), job.comparisonId)
    show(panelOf(job) ?? 'image')
  }
}

/** Where a picture of a conversation goes from there. */
function chatExits(image: ImageFeature, show: (panel: string) => void): ChatExits {
  return {
    showImage(imageId) {
      show('image')
      void image.gallery
        .take([imageId])
        .then(() => selectImage(image.view, imageId))
        .catch((error: unknown) => image.studio.report('Showing a picture', error))
    },
    startFrom(assetId) {
      show('image')
      startFrom(image, assetId)
    },
    showSettings: () => show('settings'),
  }
}

/** Where a picture goes that a detector has looked at. */
function detectExits(image: ImageFeature, show: (panel: string) => void): DetectExits {
  return {
    async maskInImage(start) {
      await startFromBox(image, start)
      show('image')
    },
    showSettings: () => show('settings'),
  }
}

/** The rail, from top to bottom. A panel is one line here. */
export const panels: readonly Panel[] = [
  {
    id: 'image',
    label: 'Image',
    icon: ImageIcon,
    render: ({ image }, show) => (
      <ImageContext.Provider value={image}>
        <ImagePanel queue={<QueuePanel onShow={(job) => showWork(job, image, show)} />} />
      </ImageContext.Provider>
    ),
  },
  {
    id: 'chat',
    label: 'Chat',
    icon: MessageSquare,
    render: ({ image }, show) => <LazyChatPanel exits={chatExits(image, show)} />,
  },
  {
    id: 'detect',
    label: 'Detect',
    icon: ScanSearch,
    render: ({ image }, show) => <LazyDetectPanel exits={detectExits(image, show)} />,
  },
  { id: 'speculate', label: 'Speculate', icon: Network, render: () => <SpeculatePanel /> },
  { id: 'precision', label: 'Precision', icon: Binary, render: () => <LazyPrecisionPanel /> },
  { id: 'inspector', label: 'Inspector', icon: Workflow, render: () => <LazyInspectorPanel /> },
  { id: 'settings', label: 'Settings', icon: Settings, isAtFoot: true, render: () => <SettingsPanel /> },
]
