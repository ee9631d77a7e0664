import type { Answer } from '../../../../contract/chat'
import type { TurnStatistics } from '../../../../contract/chat-statistics'
import { formatBytes, formatDecimal, formatSize, groupDigits } from '../../../ui/format'
import { renormWords } from '../setting-words'
import { statisticsRows } from '../statistics'
import styles from './answer-statistics.module.css'

interface AnswerStatisticsProps {
  readonly answer: Answer
  readonly statistics: TurnStatistics
}

/** What each phase cost, and with which settings. */
export function AnswerStatistics({ answer, statistics }: AnswerStatisticsProps) {
  return (
    <div className={styles.box}>
      <table className={styles.table} aria-label="What the answer cost">
        <tbody>
          {statisticsRows(statistics).map(({ name, value, detail }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td>{detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.facts}>{factWords(answer, statistics).join(' · ')}</p>
    </div>
  )
}

function factWords({ decision, modelName, parameters }: Answer, statistics: TurnStatistics): readonly string[] {
  const { sampling, drawing, precision } = parameters
  return [
    `${modelName}, ${precision}`,
    decision.asked === 'auto' ? `Auto: ${decision.reason}` : `asked to ${decision.asked}`,
    `seed ${sampling.seed}`,
    sampling.temperature === 0 ? 'greedy' : `temperature ${formatDecimal(sampling.temperature)}`,
    ...(drawing === null
      ? []
      : [
          `${formatSize(drawing.width, drawing.height)}, ${drawing.steps} steps, shift ${formatDecimal(drawing.shift)}`,
          `guidance text ${formatDecimal(drawing.textScale)}, image ${formatDecimal(drawing.imageScale)}, ${renormWords[drawing.renorm].label.toLowerCase()}`,
        ]),
    `context ${groupDigits(statistics.context.text + statistics.context.vit + statistics.context.vae)} of ${groupDigits(statistics.context.limit)}`,
    statistics.provider.toUpperCase(),
    ...(statistics.peakBytes === null ? [] : [`peak ${formatBytes(statistics.peakBytes)}`]),
  ]
}
