import type { Answer, DrawnPart } from '../../../../contract/chat'
import type { PhaseEvent } from '../../../../contract/chat-events'
import styles from './drawn-facts.module.css'
import { drawnFacts } from './drawn-words'

interface DrawnFactsProps {
  readonly answer: Answer
  readonly part: DrawnPart
  readonly phase: PhaseEvent | null
}

export function DrawnFacts({ answer, part, phase }: DrawnFactsProps) {
  return (
    <dl className={styles.facts}>
      {drawnFacts(answer, part, phase).map(({ name, value }) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
