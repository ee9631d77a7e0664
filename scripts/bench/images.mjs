// Measures what the studio promises and prints ratios: seconds a picture by stage, what TypeScript adds to the graphs, the same weights in
// PyTorch in the same run, start-up time, idle memory. Nothing is asserted: timings depend on the machine.
//   npm run bench                        studio alone
//   ATELIER_PYTHON=python npm run bench  beside PyTorch eager (training/requirements.txt)
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const pictures = Number(process.argv[2] ?? 5)
const model = 'sd3-emoji'
const data = mkdtempSync(join(tmpdir(), 'atelier-bench-'))
const env = { ...process.env, ATELIER_DATA: data }
const { defaults } = JSON.parse(readFileSync(`resources/models/${model}/studio.json`, 'utf8'))
const median = (values) =>
  values.toSorted?.((a, b) => a - b)[values.length >> 1] ?? [...values].sort((a, b) => a - b)[values.length >> 1]
const ms = (value) => `${value.toFixed(0)} ms`
const row = (name, value, note = '') => console.log(`${name.padEnd(34)} ${value.padStart(12)}  ${note}`)

async function startUp() {
  const times = []
  let idle = 0
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now()
    const child = spawn(process.execPath, ['bin/atelier.cjs', 'serve', '--port', '0', '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise((resolve) =>
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line).url)),
    )
    await (await fetch(url, { redirect: 'manual' })).text()
    times.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const status = spawnSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })
    idle = Number(status.stdout.trim()) / 1024
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
  }
  return { time: median(times), idle }
}

/** Pictures after the first one, which also loads the model. */
function draw() {
  const args = [
    'bin/atelier.cjs',
    'generate',
    'a slice of pizza, fluent 3d',
    '-m',
    model,
    '--seed',
    '7',
    '-c',
    String(pictures + 1),
    '--json',
    '-o',
    join(data, 'out.png'),
  ]
  const { stdout, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  if (status !== 0) throw new Error(stdout)
  const images = events.filter(({ event }) => event === 'image')
  const log = events.find(({ event }) => event === 'done').log.join('\n')
  const [, graphs, total] = /Graphs ran for (\d+) of (\d+) ms/.exec(log)
  const stages = {}
  for (const stage of ['encode', 'denoise', 'decode', 'save'])
    stages[stage] = median(images.slice(1).map(({ timings }) => timings[stage] ?? 0))
  return { first: images[0].timings, stages, graphs: Number(graphs), total: Number(total) }
}

function eager() {
  const python = process.env.ATELIER_PYTHON
  if (python === undefined) return null
  const { steps, guidanceScale, width, shift } = defaults
  const options = { steps, guidance: guidanceScale, size: width, shift, threads: cpus().length, repeat: pictures }
  const args = [
    'training/sd3/bench_eager.py',
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ]
  const { stdout, stderr, status } = spawnSync(python, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`PyTorch did not run: ${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)).seconds
}

try {
  console.log(
    `${cpus()[0].model}, ${cpus().length} threads, Node ${process.version}; ${model}, ${defaults.width} px, ${defaults.steps} steps, guidance ${defaults.guidanceScale}, median of ${pictures}\n`,
  )
  const start = await startUp()
  row('web host answers after', ms(start.time), 'aim 500 ms')
  row('idle memory of the core', `${start.idle.toFixed(0)} MB`, 'aim 250 MB')
  const studio = draw()
  row('loading the model', ms(studio.first.load ?? 0))
  for (const [stage, time] of Object.entries(studio.stages)) row(stage, ms(time))
  const picture = studio.stages.denoise + studio.stages.decode
  row(
    'orchestration over graph time',
    `${(((studio.total - studio.graphs - (studio.first.load ?? 0)) / studio.graphs) * 100).toFixed(1)} %`,
    'aim 3 %, without loading',
  )
  const peer = eager()
  if (peer !== null) {
    row(
      'PyTorch eager: denoise',
      ms(peer.denoise * 1000),
      `${((peer.denoise * 1000) / studio.stages.denoise).toFixed(2)} times the studio`,
    )
    row(
      'PyTorch eager: decode',
      ms(peer.decode * 1000),
      `${((peer.decode * 1000) / studio.stages.decode).toFixed(2)} times the studio`,
    )
    row(
      'PyTorch eager: picture',
      ms((peer.denoise + peer.decode) * 1000),
      `${(((peer.denoise + peer.decode) * 1000) / picture).toFixed(2)} times the studio; aim 2`,
    )
  }
} finally {
  rmSync(data, { recursive: true, force: true })
}
