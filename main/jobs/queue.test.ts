import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { modelIdSchema } from '../../contract/ids'
import { generateRequestSchema } from '../../contract/images'
import type { Job, JobEvent, JobRequest } from '../../contract/jobs'
import { JobQueue, type JobContext, type JobStore } from './queue'

const request: JobRequest = {
  kind: 'image',
  request: generateRequestSchema.parse({
    modelId: modelIdSchema.parse('m'),
    prompt: 'a cat',
    width: 128,
    height: 128,
    steps: 4,
    guidanceScale: 4,
    shift: 1,
    seed: 1,
  }),
}

function memoryStore(initial: Job[] = []): JobStore & { saved: Map<string, Job> } {
  const saved = new Map<string, Job>(initial.map((job) => [job.id, job]))
  return {
    saved,
    save: (job) => void saved.set(job.id, job),
    remove: (jobId) => void saved.delete(jobId),
    load: () => [...saved.values()],
  }
}

/** A runner whose jobs end when the test says so. */
function gate() {
  const started: JobContext[] = []
  const endings: { resolve: () => void; reject: (error: unknown) => void }[] = []
  const run = (context: JobContext): Promise<void> => {
    started.push(context)
    return new Promise((resolve, reject) => endings.push({ resolve, reject }))
  }
  return { run, started, endings }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

describe('JobQueue', () => {
  it('runs one job at a time, in order', async () => {
    const { run, started, endings } = gate()
    const queue = new JobQueue(memoryStore(), run)
    const [a, b] = [queue.add(request, 'a'), queue.add(request, 'b')]
    expect(started.map((context) => context.job.id)).toEqual([a.id])
    endings[0]?.resolve()
    await settle()
    expect(queue.get(a.id).status).toBe('done')
    expect(started.map((context) => context.job.id)).toEqual([a.id, b.id])
  })

  it('puts a job that is asked for first before the others', async () => {
    const { run, started, endings } = gate()
    const queue = new JobQueue(memoryStore(), run)
    queue.add(request, 'running')
    queue.add(request, 'second')
    queue.add(request, 'urgent', { first: true })
    endings[0]?.resolve()
    await settle()
    expect(started[1]?.job.title).toBe('urgent')
  })

  it('keeps a failure with its code and remedy, and goes on with the next job', async () => {
    const { run, endings } = gate()
    const queue = new JobQueue(memoryStore(), run)
    const failing = queue.add(request, 'failing')
    const next = queue.add(request, 'next')
    endings[0]?.reject(new StudioError('OUT_OF_MEMORY', 'Too big', { remedy: 'Draw smaller' }))
    await settle()
    expect(queue.get(failing.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'OUT_OF_MEMORY', remedy: 'Draw smaller' },
    })
    expect(queue.get(next.id).status).toBe('running')
  })

  it('signals the running job when it is cancelled and marks it cancelled once it stopped', async () => {
    const { run, started, endings } = gate()
    const queue = new JobQueue(memoryStore(), run)
    const job = queue.add(request, 'long')
    queue.cancel(job.id)
    expect(started[0]?.signal.aborted).toBe(true)
    expect(queue.get(job.id).status).toBe('running')
    endings[0]?.reject(new StudioError('CANCELLED', 'Stopped'))
    await settle()
    expect(queue.get(job.id)).toMatchObject({ status: 'cancelled', failure: null })
  })

  it('never runs a queued job that was cancelled', async () => {
    const { run, started, endings } = gate()
    const queue = new JobQueue(memoryStore(), run)
    queue.add(request, 'first')
    queue.cancel(queue.add(request, 'dropped').id)
    endings[0]?.resolve()
    await settle()
    expect(started).toHaveLength(1)
  })

  it('lets the running job finish when paused, and starts the next one only when resumed', async () => {
    const { run, started, endings } = gate()
    const queue = new JobQueue(memoryStore(), run)
    queue.add(request, 'first')
    queue.add(request, 'second')
    queue.setPaused(true)
    endings[0]?.resolve()
    await settle()
    expect(started).toHaveLength(1)
    queue.setPaused(false)
    expect(started).toHaveLength(2)
  })

  it('comes back paused with the jobs that were still queued', () => {
    const store = memoryStore()
    const first = new JobQueue(store, gate().run)
    first.setPaused(true)
    first.add(request, 'waiting')
    const { run, started } = gate()
    const second = new JobQueue(store, run)
    expect(second.state.paused).toBe(true)
    expect(second.list().map((job) => job.title)).toEqual(['waiting'])
    second.setPaused(false)
    expect(started).toHaveLength(1)
  })

  it('clears what is over and keeps the rest', async () => {
    const { run, endings } = gate()
    const store = memoryStore()
    const queue = new JobQueue(store, run)
    queue.add(request, 'over')
    queue.add(request, 'running')
    endings[0]?.resolve()
    await settle()
    expect(queue.clear().map((job) => job.title)).toEqual(['running'])
    expect(store.saved.size).toBe(1)
  })

  it('reorders queued jobs as asked, whatever ids are named', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.nat({ max: 8 }), { maxLength: 8 }), (count, picks) => {
        const queue = new JobQueue(memoryStore(), gate().run)
        queue.setPaused(true)
        const ids = Array.from({ length: count }, (_, index) => queue.add(request, String(index)).id)
        const named = picks.map((pick) => ids[pick] ?? ids[0]!)
        const order = queue.reorder(named).map((job) => job.id)
        expect(order.slice(0, new Set(named).size)).toEqual([...new Set(named)])
        expect([...order].sort()).toEqual([...ids].sort())
      }),
    )
  })

  it('gives a watcher the whole state first and then each change', async () => {
    const { run, endings } = gate()
    const queue = new JobQueue(memoryStore(), run)
    queue.add(request, 'early')
    const abort = new AbortController()
    const seen: JobEvent[] = []
    const reading = (async () => {
      for await (const event of queue.watch(abort.signal)) {
        seen.push(event)
        if (event.type === 'job' && event.job.status === 'done') abort.abort()
      }
    })()
    await settle()
    endings[0]?.resolve()
    await reading
    expect(seen[0]).toMatchObject({ type: 'snapshot', jobs: [{ title: 'early', status: 'running' }] })
    expect(seen.at(-1)).toMatchObject({ type: 'job', job: { status: 'done' } })
  })
})
