import type { Answer, DrawnPart } from '../../../../contract/chat'
import type { PhaseEvent } from '../../../../contract/chat-events'
import { formatDecimal, formatEta, formatMilliseconds, formatSeconds, formatSize } from '../../../ui/format'
import { percent } from '../statistics'

export interface Fact {
  readonly name: string
  readonly value: string
}

/** What is known about a picture: how it was drawn, how it was guided, what it changed, and what is left while it is drawn. */
export function drawnFacts(answer: Answer, part: DrawnPart, phase: PhaseEvent | null): Fact[] {
  const { drawing, sampling } = answer.parameters
  const isEdit = answer.decision.mode === 'edit'
  const took = answer.statistics?.phases.find((one) => one.phase === 'draw')?.milliseconds
  const parts = [
    formatSize(part.width, part.height),
    `${part.steps} steps`,
    ...(took === undefined ? [] : [formatMilliseconds(took)]),
  ]
  const facts: Fact[] = [{ name: isEdit ? 'Edit' : 'Draw', value: parts.join(', ') }]
  if (drawing !== null) {
    const image = isEdit ? `, image ${formatDecimal(drawing.imageScale)}` : ''
    facts.push({ name: 'Guidance', value: `text ${formatDecimal(drawing.textScale)}${image}` })
  }
  if (part.state === 'drawing') {
    const left = phase?.eta == null ? [] : [formatEta(phase.eta)]
    const speed = phase?.secondsPerStep == null ? [] : [`${formatSeconds(phase.secondsPerStep)} a step`]
    const now = [...speed, ...left].join(', ')
    if (now !== '') facts.push({ name: 'Now', value: now })
    return facts
  }
  facts.push({ name: 'Seed', value: String(sampling.seed) })
  if (part.changed !== null) facts.push({ name: 'Changed', value: `${percent(part.changed)} of pixels` })
  return facts
}

/** A file name for saving. */
export function drawnName({ decision, parameters, createdAt }: Answer): string {
  const day = new Date(createdAt).toISOString().slice(0, 10)
  return `chat-${decision.mode}-${day}-${parameters.sampling.seed}.png`
}
