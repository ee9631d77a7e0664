import type { MessagePortMain } from 'electron'
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { EngineState } from '../contract/desktop'
import { protocolVersion } from '../contract/studio'
import { recentCrashes, restartDelay } from './restart-policy'

/** What supervision needs of Electron's UtilityProcess. */
export interface EngineChild {
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  postMessage(message: unknown, transfer?: MessagePortMain[]): void
}

export type EngineStatus =
  | { readonly kind: 'stopped' }
  /** `after` is the crash that a fresh start follows. */
  | { readonly kind: 'starting'; readonly after: Crash | null }
  | { readonly kind: 'ready' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'crashed'; readonly crash: Crash; readonly willRestart: boolean }

interface Crash {
  readonly reason: string
  /** Which restart in a row it leads to. */
  readonly attempt: number
}

export interface EngineOptions {
  fork(): EngineChild
  /** Ends a process at once, whatever it is doing. */
  kill(child: EngineChild): void
  onStatus(status: EngineStatus): void
  log(text: string): void
}

const engineMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), protocol: z.number().int() }),
  z.object({ type: z.literal('state'), busy: z.boolean() }),
])

const startMilliseconds = 60_000
const stopMilliseconds = 5_000

/** The status as far as it concerns the page. */
export function toPageState(status: EngineStatus): EngineState {
  switch (status.kind) {
    case 'stopped':
      return { kind: 'failed', reason: 'The engine was stopped' }
    case 'starting':
      return status.after === null ? { kind: 'starting' } : { kind: 'restarting', ...status.after }
    case 'ready':
    case 'busy':
      return { kind: 'ready' }
    case 'crashed':
      return status.willRestart
        ? { kind: 'restarting', ...status.crash }
        : { kind: 'failed', reason: status.crash.reason }
  }
}

function reasonFor(code: number): string {
  // SIGKILL, as the code itself or as shells write it.
  if (code === 9 || code === 137) return 'The engine was ended from outside, as happens when memory runs out'
  // Electron reports 0 for some signals, which would read as if all was well.
  return `The engine ended unexpectedly${code === 0 ? '' : ` (exit code ${code})`}`
}

type Ending =
  | { readonly as: 'stop' }
  | { readonly as: 'restart' }
  /** `final` where another start would end the same way. */
  | { readonly as: 'crash'; readonly reason: string; readonly final: boolean }

interface Running {
  readonly child: EngineChild
  readonly nonce: string
  /** Set where it is meant to end, or where the reason is known before the end. */
  ending: Ending | null
}

/**
 * Keeps one engine process running: starts it, sees to it that it speaks our protocol, and starts another when it
 * crashes, less and less eagerly. What the crashed one was doing is not done again by itself.
 */
export class EngineProcess {
  readonly #options: EngineOptions
  #status: EngineStatus = { kind: 'stopped' }
  #running: Running | null = null
  #crashes: number[] = []
  #timer: NodeJS.Timeout | undefined
  #whenGone: (() => void)[] = []

  constructor(options: EngineOptions) {
    this.#options = options
  }

  get status(): EngineStatus {
    return this.#status
  }

  /** Starts the engine where it is not running. Crashes of before are forgotten: someone asked for it. */
  start(): void {
    if (this.#running !== null) return
    clearTimeout(this.#timer)
    this.#crashes = []
    this.#fork(null)
  }

  /**
   * Hands one end of a channel to the engine, if it can serve it now.
   * @returns an id of the process that got it, or null
   */
  serve(port: MessagePortMain): string | null {
    if (this.#running === null || (this.#status.kind !== 'ready' && this.#status.kind !== 'busy')) return null
    this.#running.child.postMessage({ type: 'port' }, [port])
    return this.#running.nonce
  }

  /** The hard stop: ends the engine in the middle of whatever it does, which frees its memory, and starts a fresh one. */
  restart(): void {
    if (this.#running === null) {
      this.start()
      return
    }
    this.#running.ending = { as: 'restart' }
    this.#options.kill(this.#running.child)
  }

  /** Asks the engine to finish and waits for it, for a few seconds. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    const running = this.#running
    if (running === null) {
      this.#set({ kind: 'stopped' })
      return
    }
    running.ending = { as: 'stop' }
    const gone = new Promise<void>((resolve) => this.#whenGone.push(resolve))
    running.child.postMessage({ type: 'shutdown' })
    this.#timer = setTimeout(() => {
      this.#options.log('The engine did not stop in time and is ended')
      this.#options.kill(running.child)
    }, stopMilliseconds)
    await gone
  }

  #fork(after: Crash | null): void {
    const running: Running = { child: this.#options.fork(), nonce: randomUUID(), ending: null }
    this.#running = running
    this.#set({ kind: 'starting', after })
    running.child.on('message', (message) => this.#heard(running, message))
    running.child.on('exit', (code) => this.#exited(running, code))
    this.#timer = setTimeout(() => {
      running.ending = { as: 'crash', reason: 'The engine did not start in time', final: false }
      this.#options.kill(running.child)
    }, startMilliseconds)
  }

  #heard(running: Running, message: unknown): void {
    if (running !== this.#running || running.ending !== null) return
    const parsed = engineMessageSchema.safeParse(message)
    if (!parsed.success) {
      this.#options.log(`The engine said something unknown: ${parsed.error.message}`)
      return
    }
    switch (parsed.data.type) {
      case 'ready':
        this.#greeted(running, parsed.data.protocol)
        return
      case 'state':
        if (this.#status.kind === 'ready' || this.#status.kind === 'busy') {
          this.#set({ kind: parsed.data.busy ? 'busy' : 'ready' })
        }
        return
    }
  }

  #greeted(running: Running, protocol: number): void {
    clearTimeout(this.#timer)
    if (protocol === protocolVersion) {
      this.#options.log('The engine is ready')
      this.#set({ kind: 'ready' })
      return
    }
    const reason = `The engine is of another version (protocol ${protocol} instead of ${protocolVersion}). Install Atelier again.`
    running.ending = { as: 'crash', reason, final: true }
    this.#options.kill(running.child)
  }

  #exited(running: Running, code: number): void {
    if (running !== this.#running) return
    clearTimeout(this.#timer)
    this.#running = null
    const { ending } = running
    this.#options.log(`The engine process ended with code ${code}${ending === null ? '' : ` (${ending.as})`}`)
    if (ending?.as === 'stop') {
      this.#set({ kind: 'stopped' })
      for (const wake of this.#whenGone.splice(0)) wake()
      return
    }
    if (ending?.as === 'restart') {
      this.start()
      return
    }
    this.#crashed(ending?.reason ?? reasonFor(code), ending?.final ?? false)
  }

  #crashed(reason: string, final: boolean): void {
    const now = Date.now()
    this.#crashes = recentCrashes([...this.#crashes, now], now)
    const delay = final ? null : restartDelay(this.#crashes, now)
    const crash = { reason, attempt: this.#crashes.length }
    this.#options.log(`${reason}; ${delay === null ? 'it stays down' : `it starts again in ${delay} ms`}`)
    this.#set({ kind: 'crashed', crash, willRestart: delay !== null })
    if (delay !== null) this.#timer = setTimeout(() => this.#fork(crash), delay)
  }

  #set(status: EngineStatus): void {
    this.#status = status
    this.#options.onStatus(status)
  }
}
