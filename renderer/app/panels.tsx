import { Image as ImageIcon, Network, Settings } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
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
  render(features: Features): ReactNode
}

export interface Features {
  readonly image: ImageFeature
}

/** The rail, from top to bottom. A panel is one line here. */
export const panels: readonly Panel[] = [
  {
    id: 'image',
    label: 'Image',
    icon: ImageIcon,
    render: ({ image }) => (
      <ImageContext.Provider value={image}>
        <ImagePanel queue={<QueuePanel onShow={(job) => void showJob(image, job)} />} />
      </ImageContext.Provider>
    ),
  },
  { id: 'speculate', label: 'Speculate', icon: Network, render: () => <SpeculatePanel /> },
  { id: 'settings', label: 'Settings', icon: Settings, isAtFoot: true, render: () => <SettingsPanel /> },
]
