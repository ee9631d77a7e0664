import type { Answer } from '../../../../contract/chat'
import { formatMilliseconds } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { usePath } from '../selectors'
import { AnswerStatistics } from '../thread/answer-statistics'
import { ContextSection } from './context-section'
import styles from './stats-tab.module.css'

/** What the last answer cost, phase by phase, and what the conversation took so far. */
export function StatsTab() {
  const path = usePath()
  const answers = path.filter(
    (message): message is Answer => message.role === 'assistant' && message.statistics !== null,
  )
  const last = answers.at(-1)
  if (last?.statistics == null) {
    return (
      <Section>
        <p className={styles.none}>What each phase of an answer costs is shown here as soon as there is one.</p>
      </Section>
    )
  }
  const total = answers.reduce((sum, { statistics }) => sum + (statistics?.milliseconds ?? 0), 0)
  return (
    <>
      <Section title="Last answer" note={formatMilliseconds(last.statistics.milliseconds)}>
        <div className={styles.flat}>
          <AnswerStatistics answer={last} statistics={last.statistics} />
        </div>
      </Section>
      <Section title="This branch" note={`${answers.length} answers, ${formatMilliseconds(total)}`}>
        <TimeByPhase answers={answers} />
      </Section>
      <ContextSection />
    </>
  )
}

const phaseColors = {
  load: 'var(--c8)',
  prefill: 'var(--c6)',
  think: 'var(--c4)',
  answer: 'var(--c1)',
  draw: 'var(--c3)',
  decode: 'var(--c2)',
} as const
const phaseLabels = {
  load: 'Load',
  prefill: 'Prefill',
  think: 'Think',
  answer: 'Answer',
  draw: 'Draw',
  decode: 'Decode',
} as const

function TimeByPhase({ answers }: { readonly answers: readonly Answer[] }) {
  const sums = new Map<keyof typeof phaseColors, number>()
  for (const { statistics } of answers) {
    for (const { phase, milliseconds } of statistics?.phases ?? [])
      sums.set(phase, (sums.get(phase) ?? 0) + milliseconds)
  }
  const all = [...sums.values()].reduce((sum, one) => sum + one, 0)
  if (all === 0) return null
  return (
    <dl className={styles.times}>
      {[...sums].map(([phase, milliseconds]) => (
        <div key={phase}>
          <dt>{phaseLabels[phase]}</dt>
          <dd className={styles.track}>
            <i style={{ width: `${(100 * milliseconds) / all}%`, background: phaseColors[phase] }} />
          </dd>
          <dd>{formatMilliseconds(milliseconds)}</dd>
        </div>
      ))}
    </dl>
  )
}
