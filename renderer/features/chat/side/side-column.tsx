import { PanelRightClose } from 'lucide-react'
import { useStore } from 'zustand'
import { IconButton } from '../../../ui/button'
import { Tabs, type TabItem } from '../../../ui/tabs'
import { useChat } from '../context'
import type { SideTab } from '../view-store'
import { BranchesTab } from './branches-tab'
import { SettingsTab } from './settings-tab'
import { StatsTab } from './stats-tab'

const items: readonly TabItem<SideTab>[] = [
  { key: 'branches', label: 'Branches', content: <BranchesTab /> },
  { key: 'settings', label: 'Settings', content: <SettingsTab /> },
  { key: 'stats', label: 'Stats', content: <StatsTab /> },
]

export function SideColumn({ onClose }: { readonly onClose?: () => void }) {
  const { view } = useChat()
  const tab = useStore(view, (state) => state.sideTab)
  return (
    <Tabs
      label="About the conversation"
      value={tab}
      items={items}
      onChange={(sideTab) => view.setState({ sideTab })}
      end={
        onClose === undefined ? null : (
          <IconButton label="Close the side panel" onPress={onClose}>
            <PanelRightClose size={14} strokeWidth={1.75} />
          </IconButton>
        )
      }
    />
  )
}
