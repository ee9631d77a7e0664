import { Trash2 } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { RaceSummary } from '../../../../contract/speculation'
import { strategyWords } from '../../../studio/strategy-words'
import { IconButton } from '../../../ui/button'
import { Tag } from '../../../ui/chip'
import { Dialog } from '../../../ui/dialog'
import { formatClock, formatDay, plural, shortTitle } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { PagedRows } from '../../../ui/paged-rows'
import { SearchInput } from '../../../ui/text-input'
import { openRace, removeRace } from '../actions'
import { useRace, useSpeculate } from '../context'
import styles from './runs-drawer.module.css'

const rowHeight = 56

/** Saved races. One opens without its model: the trace holds all that the views need. */
export function RunsDrawer() {
  const { view, runs } = useSpeculate()
  const isOpen = useStore(view, (state) => state.isRunsOpen)
  useEffect(() => {
    if (isOpen) void runs.reload()
  }, [isOpen, runs])
  return (
    <Dialog title="Saved races" kind="sheet" isOpen={isOpen} onClose={() => view.setState({ isRunsOpen: false })}>
      <Races />
    </Dialog>
  )
}

function Races() {
  const { runs } = useSpeculate()
  const { entries, total, search, isLoaded, failure } = useStore(runs.store)
  return (
    <div className={styles.drawer}>
      <div className={styles.search}>
        <SearchInput
          label="Search races"
          placeholder="Search prompts"
          value={search}
          onChange={(words) => void runs.search(words)}
        />
        <span>{plural(total, 'race')}</span>
      </div>
      <PagedRows
        entries={entries}
        rowHeight={rowHeight}
        isLoaded={isLoaded}
        failure={failure}
        none={search === '' ? 'No races yet. Each one is saved here when it ends.' : 'No race with these words.'}
        onMore={() => void runs.loadMore()}
        onRetry={() => void runs.reload()}
        row={(race, top) => <RaceRow key={race.id} race={race} top={top} />}
      />
    </div>
  )
}

function RaceRow({ race, top }: { readonly race: RaceSummary; readonly top: number }) {
  const feature = useSpeculate()
  const shown = useRace()
  const now = useNow()
  const best = race.runs.reduce<RaceSummary['runs'][number] | null>(
    (most, run) => (run.speedup !== null && (most === null || run.speedup > (most.speedup ?? 0)) ? run : most),
    null,
  )
  return (
    <li
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      data-shown={shown?.raceId === race.id || undefined}
    >
      <button type="button" className={styles.open} onClick={() => void openRace(feature, race.id)}>
        <span className={styles.prompt}>{shortTitle(race.prompt, 64)}</span>
        <span className={styles.facts}>
          {formatDay(race.createdAt, now)}, {formatClock(race.createdAt)} · {race.modelName} <Tag>{race.precision}</Tag>
          {race.partial ? <Tag>stopped early</Tag> : null}
        </span>
      </button>
      {best === null ? null : (
        <span className={styles.best}>
          <b>{best.speedup?.toFixed(2)}×</b>
          {strategyWords[best.name].label}
        </span>
      )}
      <IconButton
        label={`Delete the race “${shortTitle(race.prompt, 24)}”`}
        onPress={() => removeRace(feature, race.id)}
      >
        <Trash2 size={14} />
      </IconButton>
    </li>
  )
}
