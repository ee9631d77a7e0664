import { PanelRight, SlidersHorizontal } from 'lucide-react'
import { useStore } from 'zustand'
import { sheetQuery } from '../../../studio/layout-store'
import { IconButton } from '../../../ui/button'
import { useMediaQuery } from '../../../ui/hooks'
import { Popover } from '../../../ui/popover'
import { Segmented } from '../../../ui/segmented'
import { SliderField } from '../../../ui/slider-field'
import { useDetect } from '../context'
import { changeFilter } from '../form-store'
import { FilterFields, filterCount } from './filter-fields'
import styles from './tools-bar.module.css'

/** The sliders, which act on what was found already: nothing runs again. Each is drawn by itself, as it is dragged at every frame. */
export function ToolsBar() {
  const { form, view } = useDetect()
  const labels = useStore(form, (state) => state.labels)
  const isNarrow = useMediaQuery(sheetQuery)
  return (
    <div className={styles.tools} role="group" aria-label="What is shown">
      <ScoreField />
      <OverlapField />
      <MoreAboutOverlap />
      <span className={styles.push} />
      <Segmented
        label="What is written on a box"
        size="sm"
        value={labels}
        options={[
          { key: 'none', label: 'None', name: 'No labels' },
          { key: 'class', label: 'Class', name: 'Class alone' },
          { key: 'score', label: 'Score', name: 'Class and score' },
        ]}
        onChange={(density) => form.setState({ labels: density })}
      />
      {isNarrow ? (
        <IconButton label="Show what was found as a list" onPress={() => view.setState({ isSheetOpen: true })}>
          <PanelRight size={16} strokeWidth={1.75} />
        </IconButton>
      ) : null}
    </div>
  )
}

const share = { min: 0, max: 1, step: 0.01, decimals: 2, leastDecimals: 2 } as const

function ScoreField() {
  const { form } = useDetect()
  const score = useStore(form, (state) => state.filter.score)
  return <SliderField label="Score" value={score} {...share} onChange={(next) => changeFilter(form, { score: next })} />
}

function OverlapField() {
  const { form } = useDetect()
  const overlap = useStore(form, (state) => state.filter.overlap)
  const suppression = useStore(form, (state) => state.filter.suppression)
  return (
    <SliderField
      label="Overlap"
      value={overlap}
      {...share}
      isDisabled={suppression !== 'hard' && suppression !== 'soft-linear'}
      onChange={(next) => changeFilter(form, { overlap: next })}
    />
  )
}

function MoreAboutOverlap() {
  const { form } = useDetect()
  const more = useStore(form, (state) => filterCount(state.filter))
  return (
    <Popover
      label="How overlapping boxes are taken away"
      placement="bottom start"
      trigger={
        <IconButton label={more === 0 ? 'More about overlap' : `More about overlap, ${more} changed`} isOn={more > 0}>
          <SlidersHorizontal size={14} strokeWidth={1.75} />
        </IconButton>
      }
    >
      {() => <FilterFields />}
    </Popover>
  )
}
