// Seconds a picture by stage, what TypeScript adds to the graphs, and the same weights in PyTorch.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { median, ms, row, threads } from './table.mjs'

const model = 'sd3-emoji'

export async function benchImages({ rounds, data }) {
  const { defaults } = JSON.parse(readFileSync(`resources/models/${model}/studio.json`, 'utf8'))
  const { steps, guidanceScale, width, shift } = defaults
  console.log(`\nImages: ${model}, ${width} px, ${steps} steps, guidance ${guidanceScale}`)
  const studio = draw(rounds, data)
  row('loading the model', ms(studio.first.load ?? 0))
  for (const [stage, time] of Object.entries(studio.stages)) row(stage, ms(time))
  const share = (studio.total - studio.graphs - (studio.first.load ?? 0)) / studio.graphs
  row('orchestration over graph time', `${(share * 100).toFixed(1)} %`, 'aim 3 %, without loading')
  const peer = eager({ steps, guidance: guidanceScale, size: width, shift, threads, repeat: rounds })
  if (peer === null) return
  const compare = (name, seconds, own, aim = '') =>
    row(`PyTorch eager: ${name}`, ms(seconds * 1000), `${((seconds * 1000) / own).toFixed(2)} times the studio${aim}`)
  const { denoise, decode } = studio.stages
  compare('denoise', peer.denoise, denoise)
  compare('decode', peer.decode, decode)
  compare('picture', peer.denoise + peer.decode, denoise + decode, '; aim 2')
}

/** Pictures after the first one, which also loads the model. */
function draw(pictures, data) {
  const what = ['generate', 'a slice of pizza, fluent 3d', '-m', model, '--seed', '7', '-c', String(pictures + 1)]
  const args = ['bin/atelier.cjs', ...what, '--json', '-o', join(data, 'out.png')]
  const env = { ...process.env, ATELIER_DATA: data }
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

function eager(options) {
  const python = process.env.ATELIER_PYTHON
  if (python === undefined) return null
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const { stdout, stderr, status } = spawnSync(python, ['training/sd3/bench_eager.py', ...given], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`PyTorch did not run: ${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)).seconds
}
