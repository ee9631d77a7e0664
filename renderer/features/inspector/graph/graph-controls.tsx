import { Download, FoldVertical, Maximize, Minus, Plus, Route, UnfoldVertical } from 'lucide-react'
import { Button, IconButton } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import styles from './graph-view.module.css'

interface GraphControlsProps {
  readonly scale: number
  /** What can be done with the selected box; null where it holds nothing. */
  readonly fold: 'fold' | 'unfold' | null
  readonly showsWays: boolean
  readonly hasSelection: boolean
  readonly onZoom: (factor: number) => void
  readonly onFit: () => void
  readonly onFold: () => void
  readonly onWays: () => void
  readonly onExport: () => void
}

const step = 1.25

export function GraphControls(props: GraphControlsProps) {
  const { scale, fold, showsWays, hasSelection, onZoom, onFit, onFold, onWays, onExport } = props
  return (
    <div
      className={cx(shared.float, styles.controls)}
      role="group"
      aria-label="Graph controls"
      onPointerDown={(event) => event.stopPropagation()}
    >
      <IconButton label="Zoom out" keys="-" onPress={() => onZoom(1 / step)}>
        <Minus size={14} />
      </IconButton>
      <span className={styles.zoom}>{Math.round(scale * 100)}%</span>
      <IconButton label="Zoom in" keys="+" onPress={() => onZoom(step)}>
        <Plus size={14} />
      </IconButton>
      <IconButton label="Show all of it" keys="0" onPress={onFit}>
        <Maximize size={14} />
      </IconButton>
      <span className={styles.rule} />
      <Button size="sm" variant="ghost" isDisabled={fold === null} onPress={onFold}>
        {fold === 'fold' ? <FoldVertical size={14} aria-hidden /> : <UnfoldVertical size={14} aria-hidden />}
        {fold === 'fold' ? 'Fold' : 'Unfold'}
      </Button>
      <Button
        size="sm"
        variant="ghost"
        isOn={showsWays}
        isDisabled={!hasSelection}
        aria-pressed={showsWays}
        onPress={onWays}
      >
        <Route size={14} aria-hidden />
        Path
      </Button>
      <IconButton label="Save the graph as SVG" onPress={onExport}>
        <Download size={14} />
      </IconButton>
    </div>
  )
}
