import type { GraphSession } from '../../runtime/graph-session'
import type { Residency } from '../../runtime/residency'
import type { Tensor } from '../../tensor/tensor'

/** One run of a graph as it was seen from outside. */
export interface SeenRun {
  readonly role: string
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly outputs: Readonly<Record<string, Tensor>>
}

/** Sessions whose runs are written down. */
export function watchSessions(sessions: Residency, runs: SeenRun[]): Pick<Residency, 'open' | 'release'> {
  return {
    open: async (request) => watch(await sessions.open(request), runs),
    release: (modelId, role) => sessions.release(modelId, role),
  }
}

function watch(session: GraphSession, runs: SeenRun[]): GraphSession {
  return {
    role: session.role,
    path: session.path,
    provider: session.provider,
    bytes: session.bytes,
    inputs: session.inputs,
    outputs: session.outputs,
    get runMilliseconds() {
      return session.runMilliseconds
    },
    run: async (feeds, fetches) => {
      // Feeds are views of buffers that change later: what was seen has to be copied.
      const seen = copy(feeds)
      const outputs = await session.run(feeds, fetches)
      runs.push({ role: session.role, feeds: seen, outputs: copy(outputs) })
      return outputs
    },
    release: () => session.release(),
  }
}

function copy(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
  )
}

/** Runs of a decoder in parts as one: the pasts of all, the tokens that went into the first, the states that came out of the last. */
export function joinParts(runs: readonly SeenRun[]): SeenRun[] {
  const joined: SeenRun[] = []
  for (const run of runs) {
    const before = joined.at(-1)
    const place = /^decoder_(\d+)$/u.exec(run.role)?.[1]
    if (place === undefined) joined.push(run)
    else if (place === '0' || before === undefined) joined.push({ ...run, role: 'decoder' })
    else {
      const rows = Object.entries(before.outputs).filter(([name]) => name.startsWith('new_'))
      const outputs = { ...Object.fromEntries(rows), ...run.outputs }
      joined[joined.length - 1] = { role: 'decoder', feeds: { ...run.feeds, ...before.feeds }, outputs }
    }
  }
  return joined
}
