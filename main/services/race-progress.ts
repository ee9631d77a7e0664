import type { Progress } from '../../contract/jobs'
import type { RaceSettings } from '../../contract/speculation'
import type { RaceTaskEvent } from '../speculate/race-task'

/** Turns a race's events into one fraction that never falls. Runs count alike: how fast each is shows only at its end. */
export class RaceProgress {
  readonly #runs: number
  readonly #maxTokens: number
  readonly #now: () => number
  #run = 0
  #tokens = 0
  #runStarted: number | null = null
  #finishedRunSeconds: number[] = []
  #fraction = 0

  constructor(settings: RaceSettings, now: () => number = () => performance.now()) {
    this.#runs = 1 + settings.strategies.filter(({ name }) => name !== 'plain').length
    this.#maxTokens = settings.maxTokens
    this.#now = now
  }

  /** The progress after this event; null where nothing moved. */
  read(event: RaceTaskEvent): Progress | null {
    switch (event.type) {
      case 'stage':
        return this.#progress(event.stage, event.label)
      case 'run':
        this.#run = event.run
        this.#tokens = 0
        this.#runStarted = this.#now()
        return this.#progress('prefill', `Reading the prompt: ${event.strategy.name}`)
      case 'rounds':
        this.#tokens += event.rounds.reduce((sum, { emitted }) => sum + emitted.length, 0)
        return this.#progress('generate', 'Writing')
      case 'run-end':
        if (this.#runStarted !== null) this.#finishedRunSeconds.push((this.#now() - this.#runStarted) / 1000)
        this.#runStarted = null
        this.#tokens = this.#maxTokens
        return this.#progress('generate', 'Writing')
      default:
        return null
    }
  }

  #progress(stage: Progress['stage'], label: string): Progress {
    const ofRun = Math.min(1, this.#tokens / this.#maxTokens)
    this.#fraction = Math.max(this.#fraction, Math.min(1, (this.#run + ofRun) / this.#runs))
    return {
      stage,
      label,
      item: this.#run,
      items: this.#runs,
      step: Math.min(this.#tokens, this.#maxTokens),
      steps: this.#maxTokens,
      sigma: null,
      secondsPerStep: this.#secondsPerToken(),
      fraction: this.#fraction,
      eta: this.#eta(ofRun),
    }
  }

  #secondsPerToken(): number | null {
    if (this.#runStarted === null || this.#tokens === 0) return null
    return (this.#now() - this.#runStarted) / 1000 / this.#tokens
  }

  /** What is left at the pace of the runs so far: other strategies may be faster or slower, so the range is wide. */
  #eta(ofRun: number): { low: number; high: number } | null {
    const perToken = this.#secondsPerToken()
    const pace = this.#finishedRunSeconds
    const perRun =
      pace.length > 0
        ? pace.reduce((sum, seconds) => sum + seconds, 0) / pace.length
        : perToken === null
          ? null
          : perToken * this.#maxTokens
    if (perRun === null) return null
    const left = perRun * (this.#runs - this.#run - ofRun)
    return { low: 0.6 * left, high: 1.4 * left }
  }
}
