import type { Memory, Provider } from '../../contract/devices'
import { readGraphOutline } from './graph-outline'
import type { GraphSession } from './graph-session'
import { openGraph } from './open-graph'

export interface GraphRequest {
  readonly modelId: string
  readonly role: string
  readonly path: string
  readonly provider: Provider
  /** 0 is one a physical core. */
  readonly threads: number
}

export interface ResidencyOptions {
  /** Bytes of weights above which the least recently used graphs make room for the next one. */
  readonly budget?: number
  /** Called whenever a graph was loaded or released. */
  readonly onChange?: () => void
  readonly open?: (request: GraphRequest) => Promise<GraphSession>
}

interface Resident {
  readonly request: GraphRequest
  readonly session: Promise<GraphSession>
  /** Set once loading is over. */
  loaded: GraphSession | null
  lastUsed: number
}

function keyOf({ modelId, role, path, provider, threads }: GraphRequest): string {
  return JSON.stringify([modelId, role, path, provider, threads])
}

/** Which graphs are in memory. Each is loaded once and stays until it is released or another one needs the room. */
export class Residency {
  readonly #residents = new Map<string, Resident>()
  readonly #budget: number
  readonly #onChange: () => void
  readonly #open: (request: GraphRequest) => Promise<GraphSession>
  #clock = 0
  /** Graphs used since then belong to the task in hand. */
  #taskBegan = Number.POSITIVE_INFINITY

  constructor({
    budget = Number.POSITIVE_INFINITY,
    onChange = () => undefined,
    open = openGraph,
  }: ResidencyOptions = {}) {
    this.#budget = budget
    this.#onChange = onChange
    this.#open = open
  }

  /** Loads a graph, or returns the one in memory. @throws as openGraph; a load that failed can be tried again */
  open(request: GraphRequest): Promise<GraphSession> {
    const key = keyOf(request)
    const known = this.#residents.get(key)
    if (known !== undefined) {
      known.lastUsed = this.#tick()
      return known.session
    }
    const session = this.#load(request)
    const resident: Resident = { request, session, loaded: null, lastUsed: this.#tick() }
    this.#residents.set(key, resident)
    session.then(
      (loaded) => {
        resident.loaded = loaded
        this.#onChange()
      },
      () => {
        if (this.#residents.get(key) === resident) this.#residents.delete(key)
      },
    )
    return session
  }

  /** Frees one graph of a model, or all of them. */
  async release(modelId: string, role?: string): Promise<void> {
    await this.#releaseWhere(({ request }) => request.modelId === modelId && (role ?? request.role) === request.role)
  }

  async releaseAll(): Promise<void> {
    await this.#releaseWhere(() => true)
  }

  /** From now on graphs that are opened are in use, and stay until the task ends or releases them itself. */
  beginTask(): void {
    this.#taskBegan = this.#tick()
  }

  endTask(): void {
    this.#taskBegan = Number.POSITIVE_INFINITY
  }

  /** Whether the task in hand has opened a graph of this model. */
  isInUse(modelId: string): boolean {
    return [...this.#residents.values()].some(
      (resident) => resident.request.modelId === modelId && this.#used(resident),
    )
  }

  /** What is loaded, by model. */
  memory(): Memory['models'] {
    const models = new Map<string, Memory['models'][number]>()
    for (const { request, loaded } of this.#residents.values()) {
      if (loaded === null) continue
      const model = models.get(request.modelId) ?? { modelId: request.modelId, graphs: [], bytes: 0 }
      model.graphs.push({ role: request.role, bytes: loaded.bytes, provider: loaded.provider })
      model.bytes += loaded.bytes
      models.set(request.modelId, model)
    }
    return [...models.values()]
  }

  async #load(request: GraphRequest): Promise<GraphSession> {
    const { bytes } = readGraphOutline(request.path)
    // The same graph for another device or thread count is of no more use.
    await this.#releaseWhere(
      (resident) =>
        resident.request !== request &&
        resident.request.modelId === request.modelId &&
        resident.request.role === request.role &&
        !this.#used(resident),
    )
    await this.#makeRoom(bytes)
    return this.#open(request)
  }

  async #makeRoom(bytes: number): Promise<void> {
    const oldestFirst = [...this.#residents.values()].sort((a, b) => a.lastUsed - b.lastUsed)
    for (const candidate of oldestFirst) {
      const held = this.memory().reduce((sum, model) => sum + model.bytes, 0)
      if (held + bytes <= this.#budget) return
      if (candidate.loaded !== null && !this.#used(candidate)) {
        await this.#releaseWhere((resident) => resident === candidate)
      }
    }
  }

  async #releaseWhere(matches: (resident: Resident) => boolean): Promise<void> {
    for (const [key, resident] of [...this.#residents]) {
      if (!matches(resident)) continue
      this.#residents.delete(key)
      const session = await resident.session.catch(() => null)
      await session?.release()
      this.#onChange()
    }
  }

  #used({ lastUsed }: Resident): boolean {
    return lastUsed > this.#taskBegan
  }

  #tick(): number {
    this.#clock += 1
    return this.#clock
  }
}
