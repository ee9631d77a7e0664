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

/** The sliders, which act on what was found already: nothing runs again. */
export function ToolsBar() {
  const { form, view } = useDetect()
  const filter = useStore(form, (state) => state.filter)
  const labels = useStore(form, (state) => state.labels)
  const isNarrow = useMediaQuery(sheetQuery)
  const usesOverlap = filter.suppression === 'hard' || filter.suppression === 'soft-linear'
  const more = filterCount(filter)
  return (
    <div className={styles.tools} role="group" aria-label="What is shown">
      <SliderField
        label="Score"
        value={filter.score}
        min={0}
        max={1}
        step={0.01}
        decimals={2}
        leastDecimals={2}
        onChange={(score) => changeFilter(form, { score })}
      />
      <SliderField
        label="Overlap"
        value={filter.overlap}
        min={0}
        max={1}
        step={0.01}
        decimals={2}
        leastDecimals={2}
        isDisabled={!usesOverlap}
        onChange={(overlap) => changeFilter(form, { overlap })}
      />
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
