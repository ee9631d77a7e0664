import { Image as ImageIcon, Network, Settings } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import type { Job } from '../../contract/jobs'
import { ImageContext, showJob, type ImageFeature } from '../features/image/feature'
import { ImagePanel } from '../features/image/image-panel'
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
  return job.request.kind === 'image' ? 'image' : 'speculate'
}

/** The rail, from top to bottom. A panel is one line here. */
export const panels: readonly Panel[] = [
  {
    id: 'image',
    label: 'Image',
    icon: ImageIcon,
    render: ({ image }, show) => (
      <ImageContext.Provider value={image}>
        <ImagePanel
          queue={
            <QueuePanel onShow={(job) => (panelOf(job) === 'image' ? void showJob(image, job) : show('speculate'))} />
          }
        />
      </ImageContext.Provider>
    ),
  },
  { id: 'speculate', label: 'Speculate', icon: Network, render: () => <SpeculatePanel /> },
  { id: 'settings', label: 'Settings', icon: Settings, isAtFoot: true, render: () => <SettingsPanel /> },
]
