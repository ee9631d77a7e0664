import { useStore } from 'zustand'
import type { DetectionLayers } from '../../../../contract/detection'
import { ErrorNote } from '../../../ui/error-note'
import { formatSize } from '../../../ui/format'
import { NumberInput } from '../../../ui/number-input'
import { Section } from '../../../ui/section'
import { SliderField } from '../../../ui/slider-field'
import { Spinner } from '../../../ui/spinner'
import { Switch } from '../../../ui/switch'
import { useDetect } from '../context'
import { AttentionCanvas } from '../stage/attention-canvas'
import styles from './attention-section.module.css'
import { useWhyNoLayers } from './use-why-no-layers'

/** What the network looked at on its way: the attention map, and settings of the other layers. */
export function AttentionSection() {
  const { view, layers, stage } = useDetect()
  const looked = useStore(stage, (state) => state.looked)
  const reason = useWhyNoLayers()
  const attention = useStore(view, (state) => state.showsAttention)
  const proposals = useStore(view, (state) => state.showsProposals)
  const anchors = useStore(view, (state) => state.showsAnchors)
  const { layers: found, isLoading, failure } = useStore(layers)
  if (looked === null) return null
  if (reason !== null) {
    return (
      <Section title="Inside the network">
        <p className={styles.reason}>{reason}.</p>
      </Section>
    )
  }
  return (
    <section className={styles.section} aria-label="Inside the network">
      <Switch
        label={<b>Attention map</b>}
        isOn={attention}
        onChange={(isOn) => view.setState({ showsAttention: isOn })}
      />
      {isLoading ? (
        <p className={styles.reason} role="status">
          <Spinner /> Running the two stages apart
        </p>
      ) : null}
      {failure === null ? null : <ErrorNote failure={failure} />}
      {attention && found !== null ? <AttentionMap layers={found} /> : null}
      {proposals && found !== null ? <ProposalSlider count={found.proposals.scores.length} /> : null}
      {anchors && found !== null ? <CellFields layers={found} /> : null}
    </section>
  )
}

function AttentionMap({ layers }: { readonly layers: DetectionLayers }) {
  const { columns, rows } = layers.grid
  return (
    <div className={styles.map}>
      <AttentionCanvas layers={layers} className={styles.canvas} />
      <div className={styles.scale}>
        <span>{formatSize(columns, rows)} cells</span>
        <span className={styles.push}>0</span>
        <i aria-hidden />
        <span>1</span>
      </div>
    </div>
  )
}

function ProposalSlider({ count }: { readonly count: number }) {
  const { view } = useDetect()
  const most = useStore(view, (state) => state.proposals)
  if (count === 0) return <p className={styles.reason}>The first stage proposes nothing here.</p>
  return (
    <div className={styles.slider}>
      <SliderField
        label="Proposals"
        value={Math.min(most, count)}
        min={1}
        max={count}
        step={1}
        onChange={(proposals) => view.setState({ proposals })}
      />
    </div>
  )
}

/** The cell by numbers, for those without a pointer. */
function CellFields({ layers }: { readonly layers: DetectionLayers }) {
  const { view } = useDetect()
  const cell = useStore(view, (state) => state.cell)
  const isPinned = useStore(view, (state) => state.isCellPinned)
  const { columns, rows } = layers.grid
  const set = (patch: { column?: number; row?: number }) =>
    view.setState({
      isCellPinned: true,
      cell: { column: (patch.column ?? (cell?.column ?? 0) + 1) - 1, row: (patch.row ?? (cell?.row ?? 0) + 1) - 1 },
    })
  return (
    <>
      <div className={styles.cell}>
        <span>Cell</span>
        <NumberInput
          label="Column of the cell"
          value={(cell?.column ?? 0) + 1}
          min={1}
          max={columns}
          onChange={(column) => set({ column })}
        />
        <NumberInput
          label="Row of the cell"
          value={(cell?.row ?? 0) + 1}
          min={1}
          max={rows}
          onChange={(row) => set({ row })}
        />
      </div>
      <p className={styles.reason}>
        {cell === null
          ? 'Point at the picture to see the anchors of a cell; a press pins it.'
          : `${layers.anchors.length} anchors${isPinned ? ', pinned' : ''}`}
      </p>
    </>
  )
}
