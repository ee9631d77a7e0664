import { useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { Kbd } from '../../../ui/kbd'
import { SearchInput } from '../../../ui/text-input'
import { useInspector, useOpened } from '../context'
import { mostFound, searchIndexOf, searchItems } from '../model/search'
import { treeRows } from '../model/tree-rows'
import { weightRows } from '../model/weight-tree'
import { FactsSection } from './facts-section'
import { ItemList } from './item-list'
import styles from './list-column.module.css'
import { SizesSection } from './sizes-section'

/** The model by its scopes, or what the search found; below, the sizes that are free and facts of the file. */
export function ListColumn() {
  const { view } = useInspector()
  const { inspection, graph, counts } = useOpened()
  const query = useStore(view, (state) => state.query)
  const open = useStore(view, (state) => state.openInTree)
  const index = useMemo(() => searchIndexOf(inspection, counts), [inspection, counts])
  const input = useRef<HTMLInputElement>(null)
  const isSearching = query.trim() !== ''
  const rows = useMemo(() => {
    if (isSearching) {
      const found = searchItems(index, query)
      return found.map((item, at) => ({ item, depth: 0, isOpen: null, place: at + 1, siblings: found.length }))
    }
    return inspection.nodes.length > 0 ? treeRows(inspection, graph, open) : weightRows(graph.groups, open)
  }, [isSearching, index, query, inspection, graph, open])

  return (
    <div className={styles.column}>
      <div className={styles.search} data-field="inspector-search">
        <SearchInput
          inputRef={input}
          label="Search the model"
          placeholder="op, name, shape, dtype"
          value={query}
          onChange={(text) => view.setState({ query: text })}
        />
        {query === '' ? <Kbd keys="$mod+f" /> : null}
      </div>
      {isSearching ? (
        <p className={styles.found} role="status">
          {rows.length === 0
            ? 'Nothing holds all of these words.'
            : `${rows.length}${rows.length >= mostFound ? ' or more' : ''} found`}
        </p>
      ) : null}
      <ItemList rows={rows} isTree={!isSearching} />
      <SizesSection />
      <FactsSection />
    </div>
  )
}
