import { readFileSync } from 'node:fs'
import { sync as writeFileAtomicSync } from 'write-file-atomic'
import * as z from 'zod'

const rectangleSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
})

const shellStateSchema = z.object({
  version: z.literal(1),
  /** Kept here too, because the window has a colour before the page can read its settings. */
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  window: z.object({ bounds: rectangleSchema, maximized: z.boolean() }).nullable().default(null),
})
type ShellState = z.infer<typeof shellStateSchema>

const emptyState: ShellState = { version: 1, theme: 'system', window: null }

function read(path: string): ShellState {
  try {
    return shellStateSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Missing, broken or of another version: the window then opens as it did the first time.
    return emptyState
  }
}

/** What the window remembers from one start to the next. */
export class ShellMemory {
  readonly #path: string
  #state: ShellState

  constructor(path: string) {
    this.#path = path
    this.#state = read(path)
  }

  get state(): ShellState {
    return this.#state
  }

  change(patch: Partial<Omit<ShellState, 'version'>>): void {
    const next = { ...this.#state, ...patch }
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return
    this.#state = next
    try {
      writeFileAtomicSync(this.#path, `${JSON.stringify(next, null, 2)}\n`)
    } catch {
      // Where the disk is full or read-only, the window forgets, and that is all.
    }
  }
}
