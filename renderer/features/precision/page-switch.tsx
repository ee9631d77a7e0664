import { useStore } from 'zustand'
import { Segmented } from '../../ui/segmented'
import { usePrecision } from './context'

/** Which of the panel's pages is open. It stands first in each page's strip. */
export function PageSwitch() {
  const { view } = usePrecision()
  const page = useStore(view, (state) => state.page)
  return (
    <Segmented
      label="Page"
      value={page}
      options={[
        { key: 'compare', label: 'Compare' },
        { key: 'numbers', label: 'Numbers' },
        { key: 'training', label: 'Training' },
      ]}
      onChange={(next) => view.setState({ page: next })}
    />
  )
}
