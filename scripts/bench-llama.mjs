// Plain decoding beside node-llama-cpp on the same weights: the GGUF that the model folder was made from, the same prompts by their
// token ids, greedy, as many threads, in turns, medians. Nothing is fetched: node-llama-cpp is looked for in the folder that is named.
//   npm install --prefix <folder> node-llama-cpp
//   node scripts/bench-llama.mjs <model.gguf> --llama <folder> [--model resources/models/smollm2-135m] [--precision int4]
//     [--threads 2] [--tokens 128] [--passes 3]
import { fork } from 'node:child_process'
import { on } from 'node:events'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { loadTypeScript } from './load-typescript.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    llama: { type: 'string' },
    model: { type: 'string', default: 'resources/models/smollm2-135m' },
    precision: { type: 'string' },
    threads: { type: 'string', default: String(Math.max(1, cpus().length)) },
    tokens: { type: 'string', default: '128' },
    passes: { type: 'string', default: '3' },
    // What a child process is to run; not for people.
    engine: { type: 'string' },
  },
})
const [gguf] = positionals
if (gguf === undefined || values.llama === undefined) {
  console.error('Usage: node scripts/bench-llama.mjs <model.gguf> --llama <folder with node_modules/node-llama-cpp>')
  process.exit(2)
}
const [threads, tokens, passes] = [values.threads, values.tokens, values.passes].map(Number)
const prompts = [
  'Explain to my grandmother what a search engine does, without any technical words.',
  'What is the difference between weather and climate?',
  'Write a short bedtime story about a snail who wants to see the sea.',
  'How does a refrigerator keep food cold?',
]

if (process.send !== undefined) {
  await serve(values.engine === 'atelier' ? await openOurs() : await openLlama())
} else {
  await compare()
}

/** Each engine has a process of its own, and the other sleeps meanwhile: threads that wait for work would take cores from it. */
async function compare() {
  const engines = { atelier: startEngine('atelier'), llama: startEngine('llama') }
  const { texts, name } = await engines.atelier.ready
  const { name: other } = await engines.llama.ready
  const speeds = { atelier: [], llama: [] }
  const ratios = []
  const common = []
  // The first round does not count: caches fill, threads start.
  for (const [pass, prompt] of [texts[0], ...Array.from({ length: passes }, () => texts).flat()].entries()) {
    const results = {}
    for (const engine of pass % 2 === 0 ? ['atelier', 'llama'] : ['llama', 'atelier'])
      results[engine] = await engines[engine].run(prompt)
    if (pass === 0) continue
    for (const engine of ['atelier', 'llama']) speeds[engine].push(speedOf(results[engine]))
    ratios.push(speeds.atelier.at(-1) / speeds.llama.at(-1))
    const parting = results.atelier.tokens.findIndex((token, place) => token !== results.llama.tokens[place])
    common.push(parting === -1 ? tokens : parting)
  }
  console.log(`${threads} threads, ${tokens} tokens, ${ratios.length} runs each, in turns; ${cpus()[0].model.trim()}`)
  show(name, speeds.atelier, 'tok/s')
  show(other, speeds.llama, 'tok/s')
  show('ratio, run by run', ratios, 'times')
  // Both round in their own ways: a near tie falls differently sooner or later.
  show('tokens in common', common, 'tokens')
  for (const engine of Object.values(engines)) engine.stop()
}

function startEngine(engine) {
  const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--engine', engine])
  const next = () =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`${engine} ended before it answered`))
      child.once('exit', fail)
      child.once('message', (message) => {
        child.off('exit', fail)
        resolve(message)
      })
    })
  return {
    ready: next(),
    run(prompt) {
      child.send(prompt)
      return next()
    },
    stop: () => child.kill('SIGTERM'),
  }
}

async function serve(engine) {
  process.send({ name: engine.name, texts: engine.promptOf === undefined ? [] : prompts.map(engine.promptOf) })
  for await (const [prompt] of on(process, 'message')) process.send(await engine.run(prompt))
}

function show(name, list, unit) {
  const [least, middle, most] = [Math.min(...list), median(list), Math.max(...list)].map((value) => value.toFixed(2))
  console.log(`${name.padEnd(24)} ${middle.padStart(8)} ${unit.padEnd(7)} (${least} to ${most})`)
}

async function openOurs() {
  const { openPlainSpeed } = await loadTypeScript('main/speculate/testing/plain-speed.ts')
  const speed = await openPlainSpeed(values.model, values.precision, threads)
  return {
    name: `Atelier, ${values.precision ?? 'default precision'}`,
    promptOf: speed.promptOf,
    async run(prompt) {
      const { tokens: given, milliseconds } = await speed.run(prompt, tokens)
      return { tokens: given, milliseconds }
    },
  }
}

async function openLlama() {
  const home = resolve(values.llama, 'node_modules', 'node-llama-cpp')
  const { getLlama, getModuleVersion } = await import(pathToFileURL(join(home, 'dist', 'index.js')).href)
  const engine = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    logLevel: 'error',
    maxThreads: threads,
  })
  const model = await engine.loadModel({ modelPath: resolve(gguf), gpuLayers: 0 })
  const context = await model.createContext({ contextSize: 2048, threads })
  const sequence = context.getSequence()
  return {
    name: `node-llama-cpp ${await getModuleVersion()}`,
    // From the first token on: reading the prompt is no decoding. Our own clock starts there too, with the prompt's last token.
    async run(prompt) {
      await sequence.clearHistory()
      const given = []
      await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(0, -1))
      const started = performance.now()
      for await (const token of sequence.evaluate(prompt.slice(-1), { temperature: 0 })) {
        given.push(token)
        if (given.length === tokens) break
      }
      return { tokens: given, milliseconds: performance.now() - started }
    },
  }
}

function speedOf({ tokens: given, milliseconds }) {
  return (1000 * given.length) / milliseconds
}

function median(list) {
  return [...list].sort((one, other) => one - other)[list.length >> 1]
}
