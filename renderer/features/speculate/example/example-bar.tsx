import { History, Play } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { Chip, Tag } from '../../../ui/chip'
import { languageModels, startRace } from '../actions'
import { useRace, useSpeculate } from '../context'
import type { RecordedRace } from './recorded-race'
import styles from './example-bar.module.css'

/** Says of a recorded race that it is one: with which model, where and when. Nothing in it was measured on this machine. */
export function ExampleBar() {
  const feature = useSpeculate()
  const { models } = useStudio()
  const recorded = useRace()?.recorded ?? null
  const isExplained = useStore(feature.view, (state) => state.isExplained)
  const hasModel = useStore(models, (state) =>
    languageModels(state.models).some(({ state: { kind } }) => kind === 'ready'),
  )
  if (recorded === null) return null
  const { race, machine } = recorded
  return (
    <div className={styles.bar} data-region="recorded example">
      <Chip icon={<History size={12} aria-hidden />}>Recorded example</Chip>
      <span className={styles.facts}>
        {race.modelName} <Tag>{race.precision}</Tag> on {machine}, {dayOf(race)}. Nothing of it was measured here.
      </span>
      <Button size="sm" variant="ghost" onPress={() => feature.view.setState({ isExplained: !isExplained })}>
        {isExplained ? 'Rounds, tree and figures' : 'The idea in three steps'}
      </Button>
      <Button
        size="sm"
        isDisabled={!hasModel}
        onPress={() => {
          feature.form.setState({ prompt: race.settings.prompt })
          void startRace(feature)
        }}
      >
        <Play size={12} aria-hidden />
        Race this example here
      </Button>
    </div>
  )
}

function dayOf({ createdAt }: RecordedRace['race']): string {
  return new Date(createdAt).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
}
