import { ChevronsDown, ChevronsUp, Search, Star } from 'lucide-react'
import { useEffect, useRef, type RefObject } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button, IconButton } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { plural } from '../../../ui/format'
import { SearchInput } from '../../../ui/text-input'
import { latestImageJob, useImageFeature } from '../feature'
import { gridEntries } from './grid-entries'
import { ResultsGrid } from './results-grid'
import styles from './results.module.css'

/** The pictures of this run and all the earlier ones. */
export function Results() {
  const { gallery, view } = useImageFeature()
  const studio = useStudio()
  const { order, total, isLoaded, failure, search, isStarredOnly } = useStore(gallery.store)
  const jobs = useStore(studio.jobs, (state) => state.jobs)
  const run = latestImageJob(jobs)
  const runningItem = useStore(studio.jobs, (state) => (run === null ? 0 : (state.progress[run.id]?.item ?? 0)))
  const isTall = useStore(view, (state) => state.isGalleryTall)
  const isSearchOpen = useStore(view, (state) => state.isSearchOpen)
  const searchField = useRef<HTMLInputElement>(null)
  const isFiltered = search.trim() !== '' || isStarredOnly
  const entries = gridEntries({ run, order, total, runningItem, isFiltered })

  useEffect(() => {
    if (isSearchOpen) searchField.current?.focus()
  }, [isSearchOpen])

  return (
    <section className={cx(styles.results, isTall && styles.tall)} aria-label="Pictures" data-region="results">
      <header className={styles.head}>
        <h2>{isFiltered ? 'Found' : run !== null ? 'This run' : entries.length === 0 ? 'Pictures' : 'Earlier'}</h2>
        <span className={styles.note}>
          <Summary isFiltered={isFiltered} />
        </span>
        {isFiltered || isSearchOpen || entries.length > 0 ? <Tools searchField={searchField} /> : null}
      </header>
      {entries.length > 0 ? (
        <ResultsGrid entries={entries} />
      ) : (
        <div className={styles.empty}>
          {failure !== null ? (
            <>
              <span>{failure.message}</span>
              <Button size="sm" onPress={() => void gallery.reload()}>
                Try again
              </Button>
            </>
          ) : !isLoaded ? (
            'Reading the gallery'
          ) : isFiltered ? (
            <>
              <span>
                {isStarredOnly && search === ''
                  ? 'No starred pictures yet. F stars the one in focus.'
                  : 'Nothing found.'}
              </span>
              <Button size="sm" onPress={() => gallery.filter({ search: '', isStarredOnly: false })}>
                Show all
              </Button>
            </>
          ) : (
            'Your pictures will stand here. Each keeps the settings that made it.'
          )}
        </div>
      )}
    </section>
  )
}

function Tools({ searchField }: { readonly searchField: RefObject<HTMLInputElement | null> }) {
  const { gallery, view } = useImageFeature()
  const { search, isStarredOnly } = useStore(gallery.store)
  const isTall = useStore(view, (state) => state.isGalleryTall)
  const isSearchOpen = useStore(view, (state) => state.isSearchOpen)
  return (
    <span className={styles.end}>
      {isSearchOpen || search !== '' ? (
        <SearchInput
          label="Search prompts"
          placeholder="Words of a prompt"
          value={search}
          inputRef={searchField}
          onChange={(text) => gallery.filter({ search: text })}
          onEscape={() => view.setState({ isSearchOpen: false })}
        />
      ) : (
        <IconButton label="Search prompts" keys="$mod+f" onPress={() => view.setState({ isSearchOpen: true })}>
          <Search size={14} strokeWidth={1.75} />
        </IconButton>
      )}
      <IconButton
        label={isStarredOnly ? 'Show all pictures' : 'Show starred pictures only'}
        isOn={isStarredOnly}
        onPress={() => gallery.filter({ isStarredOnly: !isStarredOnly })}
      >
        <Star size={14} strokeWidth={1.75} />
      </IconButton>
      <IconButton
        label={isTall ? 'Show one row of pictures' : 'Show more rows of pictures'}
        keys="g"
        onPress={() => view.setState({ isGalleryTall: !isTall })}
      >
        {isTall ? <ChevronsDown size={14} strokeWidth={1.75} /> : <ChevronsUp size={14} strokeWidth={1.75} />}
      </IconButton>
    </span>
  )
}

function Summary({ isFiltered }: { readonly isFiltered: boolean }) {
  const { gallery } = useImageFeature()
  const studio = useStudio()
  const total = useStore(gallery.store, (state) => state.total)
  const run = useStore(studio.jobs, (state) => latestImageJob(state.jobs))
  if (isFiltered) return plural(total, 'picture')
  if (run === null) return total === 0 ? null : plural(total, 'picture')
  const { count } = run.request.request
  const earlier = total - run.imageIds.length
  return (
    <>
      {run.status === 'running' ? `${run.imageIds.length} of ${count} done` : plural(run.imageIds.length, 'picture')}
      {earlier > 0 ? (
        <>
          <i className={styles.line} />
          {plural(earlier, 'earlier picture')}
        </>
      ) : null}
    </>
  )
}
