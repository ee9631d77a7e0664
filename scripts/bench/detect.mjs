// From a picture's file to boxes with names, by part, in turn with the same weights in PyTorch eager; then a folder.
//   ATELIER_PYTHON   a Python with training/requirements.txt
import { spawn } from 'node:child_process'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { startCore } from './core.mjs'
import { median, ms, row } from './table.mjs'

const modelId = 'thundernet-emoji'
const folder = `resources/models/${modelId}`
const picture = 'resources/samples/detect/toy-shelf.jpg'
const parts = ['decode', 'prepare', 'network', 'finish']
/** Looks in a row, of which the first ones fill caches: they are left out. */
const looks = 20
const pictures = 100

export async function benchDetect({ rounds, data }) {
  if (!existsSync(folder)) return console.log(`\nDetection: ${folder} is not here`)
  await mkdir(data, { recursive: true })
  console.log(`\nDetection: ${modelId}, ${picture}`)
  const core = await startCore(data)
  const peer = startPeer()
  try {
    for (const threads of [1, 2]) await compare(core, peer, threads, rounds)
    await folderRun(core, join(data, 'pictures'))
  } finally {
    peer?.close()
    await core.close()
  }
}

async function compare(core, peer, threads, rounds) {
  await core.client.settings.set({ device: 'cpu', threads })
  const file = new File([await readFile(picture)], 'picture.jpg', { type: 'image/jpeg' })
  const studio = async () => (await core.client.detection.detectFrame({ modelId, file })).timings
  const [ours, theirs] = [[], []]
  // One after the other in each round, so that a slow minute is slow for both.
  for (let round = 0; round < rounds; round += 1) {
    ours.push(...(await several(studio)))
    if (peer !== null) theirs.push(...(await several(() => peer.look(threads))))
  }
  const own = print(`${threads} ${threads === 1 ? 'thread' : 'threads'}`, ours)
  const outside = own.prepare + own.finish
  row(
    '  around network and decoding',
    ms(outside, 2),
    `${((100 * outside) / own.total).toFixed(1)} % of the whole; aim below 10 %`,
  )
  if (peer === null) return
  const eager = print('  PyTorch eager', theirs)
  const times = (part) => `${(eager[part] / own[part]).toFixed(2)}`
  row(
    '  studio against PyTorch eager',
    `${times('total')} times`,
    `network ${times('network')} times; aim 3 for the whole`,
  )
}

async function several(look) {
  const results = []
  for (let index = 0; index < looks; index += 1) results.push(await look())
  return results.slice(5)
}

/** One line: the whole, and its parts. */
function print(name, results) {
  const medians = Object.fromEntries(parts.map((part) => [part, median(results.map((timings) => timings[part]))]))
  const total = median(results.map((timings) => parts.reduce((sum, part) => sum + timings[part], 0)))
  const rate = `${(1000 / total).toFixed(1)} pictures a second`
  row(name, ms(total, 1), [rate, ...parts.map((part) => `${part} ${medians[part].toFixed(1)}`)].join(', '))
  return { ...medians, total }
}

/** Pictures a second through a folder, thumbnails and filing included. */
async function folderRun(core, place) {
  await mkdir(place, { recursive: true })
  for (let index = 0; index < pictures; index += 1) await copyFile(picture, join(place, `${index}.jpg`))
  const source = { kind: 'folder', folder: resolve(place) }
  const started = performance.now()
  const { id } = await core.client.detection.runFolder({ modelId, source })
  for await (const event of await core.client.jobs.watch()) {
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const job = jobs.find((one) => one.id === id)
    if (job?.status === 'failed') throw new Error(job.failure.message)
    if (job?.status === 'done') break
  }
  const seconds = (performance.now() - started) / 1000
  row(`a folder of ${pictures}`, `${(pictures / seconds).toFixed(1)} a second`, 'thumbnails and filing included')
}

/** PyTorch in a process of its own, asked a line at a time. */
function startPeer() {
  const python = process.env.ATELIER_PYTHON
  if (python === undefined) return null
  const child = spawn(python, ['-m', 'training.detect.bench_eager', folder, picture], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async look(threads) {
      child.stdin.write(`${threads}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('PyTorch did not run')
      return JSON.parse(value)
    },
    close: () => child.stdin.end(),
  }
}
