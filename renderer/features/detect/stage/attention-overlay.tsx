import { useStore } from 'zustand'
import { useDetect } from '../context'
import { AttentionCanvas } from './attention-canvas'
import styles from './layers.module.css'

/** The attention map over the picture, in the picture's own pixels. */
export function AttentionOverlay() {
  const { layers, view } = useDetect()
  const isShown = useStore(view, (state) => state.showsAttention)
  const found = useStore(layers, (state) => state.layers)
  if (!isShown || found === null) return null
  const { anchorCentre, grid } = found
  const { x, y, stepX, stepY } = anchorCentre
  return (
    <AttentionCanvas
      layers={found}
      className={styles.attention}
      style={{
        left: x - stepX / 2,
        top: y - stepY / 2,
        width: grid.columns * stepX,
        height: grid.rows * stepY,
      }}
    />
  )
}
