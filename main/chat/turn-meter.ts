import type { PhaseStatistics } from '../../contract/chat-statistics'
import type { Context } from './context'
import type { BagelGraphs } from './graphs'
import type { ChatTurnEvent, ChatTurnStatistics } from './turn'

/** Keeps the times of a turn. Weights that are read during a phase count as loading, not as the phase. */
export class TurnMeter {
  readonly #graphs: BagelGraphs
  readonly #started = performance.now()
  readonly #phases: PhaseStatistics[] = []
  #firstToken: number | null = null

  constructor(graphs: BagelGraphs) {
    this.#graphs = graphs
  }

  /** A clock in milliseconds that stands still while weights are read. */
  now(): number {
    return performance.now() - this.#started - this.#graphs.loadMilliseconds
  }

  add(phase: PhaseStatistics): void {
    this.#phases.push(phase)
  }

  /** Told of every token; the first one is kept. */
  token(): void {
    this.#firstToken ??= this.now()
  }

  read(context: Context): ChatTurnStatistics {
    const { loadMilliseconds, graphMilliseconds, facts } = this.#graphs
    const rows = { text: 0, vit: 0, vae: 0 }
    for (const block of context.blocks) rows[block.kind] += block.rows
    return {
      phases: [{ phase: 'load', milliseconds: loadMilliseconds }, ...this.#phases],
      firstTokenMilliseconds: this.#firstToken,
      milliseconds: performance.now() - this.#started,
      graphMilliseconds,
      context: { ...rows, limit: facts.context },
    }
  }
}

/** Counts the rows that a turn reads and tells how fast. */
export class PrefillMeter {
  readonly #meter: TurnMeter
  readonly #emit: (event: ChatTurnEvent) => void
  readonly #total: number
  readonly #reusedRows: number
  #began = 0
  #rows = 0

  constructor(meter: TurnMeter, emit: (event: ChatTurnEvent) => void, total: number, reusedRows: number) {
    this.#meter = meter
    this.#emit = emit
    this.#total = total
    this.#reusedRows = reusedRows
    this.#began = meter.now()
    this.#tell()
  }

  read(rows: number): void {
    this.#rows += rows
    this.#tell()
  }

  end(): void {
    const milliseconds = this.#meter.now() - this.#began
    this.#meter.add({ phase: 'prefill', milliseconds, rows: this.#rows, reusedRows: this.#reusedRows })
  }

  #tell(): void {
    const seconds = (this.#meter.now() - this.#began) / 1000
    const rowsPerSecond = this.#rows === 0 || seconds <= 0 ? null : this.#rows / seconds
    const { total, reusedRows } = { total: this.#total, reusedRows: this.#reusedRows }
    this.#emit({ type: 'prefill', rows: this.#rows, total, reusedRows, rowsPerSecond })
  }
}
