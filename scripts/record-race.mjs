// Records a race for the Speculate panel's first visit: starts a studio of its own, calibrates, races, and writes what the studio
// filed, its numbers rounded, with the machine's name.
//   node scripts/record-race.mjs [--model smollm2-135m] [--precision float32] [-o renderer/assets/recorded-race.json]
// Run `npm run build` first. ATELIER_MODELS names another folder of models.
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'smollm2-135m' },
    // Forwards of one row and of several round alike in it, so that all texts are the same.
    precision: { type: 'string', default: 'float32' },
    tokens: { type: 'string', default: '160' },
    output: { type: 'string', short: 'o', default: 'renderer/assets/recorded-race.json' },
  },
})

// It is answered partly in the text's own words, partly in others: looking up and predicting each have their places.
const prompt = `Summarise the following text in two sentences.

The town council of Harlow Bay met on Tuesday evening to discuss the future of the old fish market. The building, put up in 1904, has stood empty since the last traders left nine years ago. Engineers reported that the roof is unsafe but that the brick walls and iron columns are in good condition. Two plans were presented. The first would turn the hall into a covered food market with a small cinema on the upper floor, at a cost of about four million. The second would take the building down and use the land for a car park and a bus station. Residents who spoke at the meeting were mostly in favour of keeping the hall, although several shop owners said that the town badly needs parking in the summer months. The council will decide in March, after a survey of traffic in the harbour streets.`

// Fixed lengths show what is refused; the adaptive one shows what is worth drafting.
const strategies = [
  { name: 'lookup-mtp', draftLength: 'adaptive' },
  { name: 'lookup', draftLength: 5 },
  { name: 'mtp', draftLength: 3 },
  { name: 'medusa', draftLength: 3, treeNodes: 6 },
]

const data = mkdtempSync(join(tmpdir(), 'atelier-record-'))
const core = spawn(process.execPath, ['bin/atelier.cjs', 'serve', '--port', '0', '--json'], {
  env: { ...process.env, ATELIER_DATA: data },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: core.stdout }).once('line', (line) => resolve(new URL(JSON.parse(line).url)))
    core.once('exit', () => reject(new Error('The studio ended before it was ready')))
  })
  const headers = { authorization: `Bearer ${url.searchParams.get('token')}` }
  const client = createORPCClient(new RPCLink({ url: new URL('/api', url).href, headers }))
  const { model: modelId, precision } = values
  await over(client, await client.speculation.calibrate({ modelId, precision }))
  const request = { modelId, precision, prompt, strategies, maxTokens: Number(values.tokens) }
  const { raceId } = await over(client, await client.speculation.race(request))
  const race = await client.speculation.get({ raceId })
  // Machines of the cloud leave blanks in the name.
  const machine = `${(cpus()[0]?.model ?? 'unknown processor').replaceAll(/\s+/g, ' ').trim()}, ${race.threads} threads`
  const text = `${JSON.stringify({ machine, race: { ...race, jobId: null } }, rounded)}\n`
  writeFileSync(values.output, text)
  console.log(`${values.output}: ${kilobytes(text)} kB, ${kilobytes(gzipSync(text, { level: 9 }))} kB gzipped`)
  for (const { strategy, tokens, milliseconds, sameAsPlain, text: answer } of race.runs)
    console.log(
      strategy.name.padEnd(12),
      tokens,
      `${((1000 * tokens) / milliseconds).toFixed(1)} tok/s`,
      sameAsPlain,
      answer.slice(0, 60),
    )
} finally {
  core.kill('SIGTERM')
  await new Promise((resolve) => (core.exitCode === null ? core.once('exit', resolve) : resolve()))
  rmSync(data, { recursive: true, force: true })
}

/** Waits for a job. @throws where it did not end well */
async function over(client, job) {
  for await (const event of await client.jobs.watch()) {
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const now = jobs.find(({ id }) => id === job.id)
    if (now === undefined || now.status === 'queued' || now.status === 'running') continue
    if (now.status !== 'done') throw new Error(now.failure?.message ?? `The job was ${now.status}`)
    return now
  }
  throw new Error('The studio ended before the job did')
}

/** Charts show three digits of a probability; sums of times want one more. */
function rounded(key, value) {
  if (typeof value !== 'number' || Number.isInteger(value)) return value
  return Number(value.toPrecision(/probability|entropy/i.test(key) ? 3 : 4))
}

function kilobytes({ length }) {
  return (length / 1000).toFixed(0)
}
