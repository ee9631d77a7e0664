import type { PhaseEvent, TurnPhase } from '../../contract/chat-events'
import type { MessageId } from '../../contract/ids'
import type { JobStage, Progress } from '../../contract/jobs'
import type { ChatTurnEvent } from '../chat/turn'

const stages: Record<TurnPhase, JobStage> = {
  load: 'load',
  prefill: 'prefill',
  think: 'generate',
  answer: 'generate',
  draw: 'denoise',
  decode: 'decode',
  save: 'save',
}

/** Where each phase begins in the bar of a whole turn. Words and pictures are never both long. */
const begins: Record<TurnPhase, number> = {
  load: 0,
  prefill: 0.05,
  think: 0.15,
  answer: 0.15,
  draw: 0.3,
  decode: 0.95,
  save: 0.98,
}
const ends: Record<TurnPhase, number> = {
  load: 0.05,
  prefill: 0.15,
  think: 0.3,
  answer: 0.98,
  draw: 0.95,
  decode: 0.98,
  save: 1,
}

export interface ProgressFacts {
  readonly messageId: MessageId
  readonly maxTokens: number
  readonly thinkTokens: number
}

/** Turns what the worker tells into what a window shows of the turn, and into the queue's progress. */
export class TurnProgress {
  readonly #facts: ProgressFacts
  readonly #stepSeconds: number[] = []
  #state: Omit<PhaseEvent, 'type' | 'messageId' | 'eta'> = {
    phase: 'load',
    label: 'Loading the model',
    done: 0,
    total: 0,
    secondsPerStep: null,
  }
  /** What is done besides loading: a graph may be opened in the middle of it, and then it goes on. */
  #work: Pick<PhaseEvent, 'phase' | 'label'> | null = null
  #fraction = 0

  constructor(facts: ProgressFacts) {
    this.#facts = facts
  }

  /** The state after this event; null where nothing moved. */
  read(event: ChatTurnEvent): PhaseEvent | null {
    switch (event.type) {
      case 'phase':
        if (event.phase !== 'load') this.#work = { phase: event.phase, label: event.label }
        return this.#enter(event.phase, event.label)
      case 'prefill':
        return this.#move(event.rows, event.total)
      case 'text':
        return this.#move(event.tokens, event.part === 'think' ? this.#facts.thinkTokens : this.#facts.maxTokens)
      case 'step':
        this.#stepSeconds.push(event.milliseconds / 1000)
        return this.#move(event.step, event.steps)
      case 'picture':
        return this.#enter('save', 'Saving the picture')
      default:
        return null
    }
  }

  #enter(phase: TurnPhase, label: string): PhaseEvent {
    this.#state = { phase, label, done: 0, total: 0, secondsPerStep: null }
    return this.#event()
  }

  #move(done: number, total: number): PhaseEvent {
    this.#state = { ...this.#state, ...this.#work, done, total, secondsPerStep: this.#secondsPerStep() }
    return this.#event()
  }

  /** Of late: the first steps are slower, and the machine may be busy with something else meanwhile. */
  #secondsPerStep(): number | null {
    const late = this.#stepSeconds.slice(-8)
    return late.length === 0 ? null : late.reduce((sum, seconds) => sum + seconds, 0) / late.length
  }

  #event(): PhaseEvent {
    const { phase, done, total, secondsPerStep } = this.#state
    const left = secondsPerStep === null || phase !== 'draw' ? null : secondsPerStep * (total - done)
    const share = total === 0 ? 0 : Math.min(1, done / total)
    this.#fraction = Math.max(this.#fraction, begins[phase] + share * (ends[phase] - begins[phase]))
    return {
      type: 'phase',
      messageId: this.#facts.messageId,
      ...this.#state,
      eta: left === null ? null : { low: 0.9 * left, high: 1.2 * left },
    }
  }

  /** The same for the queue. */
  forQueue({ phase, label, done, total, secondsPerStep, eta }: PhaseEvent): Progress {
    return {
      stage: stages[phase],
      label,
      item: 0,
      items: 1,
      step: done,
      steps: total,
      sigma: null,
      secondsPerStep,
      fraction: this.#fraction,
      eta,
    }
  }
}
