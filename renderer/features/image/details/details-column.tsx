import { PanelRightClose } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import type { DetailsTab as TabKey } from '../../../studio/layout-store'
import { IconButton } from '../../../ui/button'
import { Tabs } from '../../../ui/tabs'
import { DetailsTab } from './details-tab'
import { HistoryTab } from './history-tab'
import { ScheduleSection } from './schedule-section'
import { TimeSection } from './time-section'

interface DetailsColumnProps {
  /** The queue, which belongs to another feature. */
  readonly queue: ReactNode
  /** Absent where what holds the column closes it. */
  readonly onClose?: () => void
}

export function DetailsColumn({ queue, onClose }: DetailsColumnProps) {
  const { layout, jobs } = useStudio()
  const tab = useStore(layout, (state) => state.detailsTab)
  const waiting = useStore(
    jobs,
    (state) => Object.values(state.jobs).filter(({ status }) => status === 'queued' || status === 'running').length,
  )
  return (
    <Tabs<TabKey>
      label="Details"
      value={tab}
      onChange={(detailsTab) => layout.setState({ detailsTab })}
      end={
        onClose === undefined ? null : (
          <IconButton label="Hide the details" onPress={onClose}>
            <PanelRightClose size={14} strokeWidth={1.75} />
          </IconButton>
        )
      }
      items={[
        { key: 'details', label: 'Details', content: <DetailsTab /> },
        {
          key: 'queue',
          label: 'Queue',
          count: waiting,
          content: (
            <>
              {queue}
              <ScheduleSection />
              <TimeSection />
            </>
          ),
        },
        { key: 'history', label: 'History', content: <HistoryTab /> },
      ]}
    />
  )
}
