import { Flame, Grid3x3, Layers } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { ToggleButton } from 'react-aria-components'
import { Kbd } from '../../../ui/kbd'
import { useDetect } from '../context'
import { useWhyNoLayers } from '../source/use-why-no-layers'
import styles from './stage-chips.module.css'

/** Layers of the network that can be laid over the picture, and how to see the picture alone. */
export function StageChips() {
  const { view, video } = useDetect()
  const attention = useStore(view, (state) => state.showsAttention)
  const proposals = useStore(view, (state) => state.showsProposals)
  const anchors = useStore(view, (state) => state.showsAnchors)
  const count = useStore(view, (state) => state.proposals)
  const isVideo = useStore(video.store, (state) => state.kind !== null)
  const reason = useWhyNoLayers()
  return (
    <>
      {reason === null ? (
        <div className={styles.left}>
          <Chip isOn={proposals} onChange={(isOn) => view.setState({ showsProposals: isOn })}>
            <Layers size={12} strokeWidth={2} aria-hidden />
            {proposals ? `Proposals ${count}` : 'Proposals'}
          </Chip>
          <Chip isOn={attention} onChange={(isOn) => view.setState({ showsAttention: isOn })}>
            <Flame size={12} strokeWidth={2} aria-hidden />
            Attention map
          </Chip>
          <Chip
            isOn={anchors}
            onChange={(isOn) => view.setState({ showsAnchors: isOn, cell: null, isCellPinned: false })}
          >
            <Grid3x3 size={12} strokeWidth={2} aria-hidden />
            Anchors
          </Chip>
        </div>
      ) : null}
      <span className={styles.hint} data-alone={isVideo || undefined}>
        Hold <Kbd keys="h" /> to hide boxes
      </span>
    </>
  )
}

interface ChipProps {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly children: ReactNode
}

function Chip({ isOn, onChange, children }: ChipProps) {
  return (
    <ToggleButton className={styles.chip!} isSelected={isOn} onChange={onChange}>
      {children}
    </ToggleButton>
  )
}
