import { describe, expect, it } from 'vitest'
import { jobIdSchema } from '../../contract/ids'
import type { RaceEvent } from '../../contract/speculation'
import { RaceStreams } from './race-stream'

const job = jobIdSchema.parse('job')
const rounds = (run: number): RaceEvent => ({ type: 'rounds', run, rounds: [] })

async function collect(stream: AsyncIterable<RaceEvent> | null): Promise<RaceEvent[]> {
  const seen: RaceEvent[] = []
  for await (const event of stream ?? []) seen.push(event)
  return seen
}

describe('following a race', () => {
  it('gives a late reader what was said before, then the rest, then ends', async () => {
    const streams = new RaceStreams()
    streams.open(job)
    streams.publish(job, rounds(0))
    const early = collect(streams.follow(job))
    streams.publish(job, rounds(1))
    const late = collect(streams.follow(job))
    await Promise.resolve()
    streams.publish(job, rounds(2))
    streams.close(job)
    expect(await early).toEqual([rounds(0), rounds(1), rounds(2)])
    expect(await late).toEqual([rounds(0), rounds(1), rounds(2)])
  })

  it('ends for a reader who goes, and goes on for the others', async () => {
    const streams = new RaceStreams()
    streams.open(job)
    const gone = new AbortController()
    const first = collect(streams.follow(job, gone.signal))
    const second = collect(streams.follow(job))
    gone.abort()
    expect(await first).toEqual([])
    streams.publish(job, rounds(0))
    streams.close(job)
    expect(await second).toEqual([rounds(0)])
  })

  it('has nothing to follow where no race is running', () => {
    expect(new RaceStreams().follow(job)).toBeNull()
  })
})
