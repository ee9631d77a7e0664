// The long proof that speculative decoding changes nothing: 60 prompts, 200 tokens each, every lossless strategy, every precision of a
// model, at temperature 0, token by token against plain decoding, one row at a time. Where a text differs, it tells how far apart the two
// tokens' log-probabilities are at that place.
//   node scripts/lossless.mjs [model folder] [--prompts 60] [--tokens 200] [--threads 0] [--precision int4] [--strategy mtp]
import { parseArgs } from 'node:util'
import { loadTypeScript } from './load-typescript.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    prompts: { type: 'string', default: '60' },
    tokens: { type: 'string', default: '200' },
    threads: { type: 'string', default: '0' },
    precision: { type: 'string', multiple: true },
    strategy: { type: 'string', multiple: true },
  },
})

const subjects = [
  'a lighthouse',
  'the water cycle',
  'learning to cook',
  'a lost dog',
  'the history of bicycles',
  'a small town',
]
const tasks = [
  (subject) => `Write a short story about ${subject}.`,
  (subject) => `Explain ${subject} to a child in three sentences.`,
  (subject) => `List five facts about ${subject}.`,
  (subject) => `Write a polite letter to a friend about ${subject}.`,
  (subject) => `Write a poem of eight lines about ${subject}.`,
  (subject) => `Write a Python function that counts how often "${subject}" occurs in a text.`,
  (subject) => `Repeat this sentence five times: Yesterday we talked about ${subject} for a long time.`,
  (subject) => `What questions would you ask an expert on ${subject}?`,
  (subject) => `Write a JSON object with the fields title, summary and tags about ${subject}.`,
  (subject) =>
    `Correct the mistakes and return the whole text: "I has thinked about ${subject} all day. It were a good day, and I tells everyone about it."`,
]
const prompts = tasks.flatMap((task) => subjects.map(task)).slice(0, Number(values.prompts))

const { proveLossless } = await loadTypeScript('main/speculate/testing/long-proof.ts')

let failures = 0
const show = (cells) => console.log(cells.map((cell, index) => String(cell).padEnd(index === 1 ? 14 : 11)).join(''))
const clear = () => process.stderr.isTTY && process.stderr.write('\r\u001b[2K')
show(['precision', 'strategy', 'same', 'widest gap', 'accepted', 'a forward'])
await proveLossless({
  folder: positionals[0] ?? 'resources/models/smollm2-135m',
  prompts,
  maxTokens: Number(values.tokens),
  threads: Number(values.threads),
  ...(values.precision === undefined ? {} : { precisions: values.precision }),
  ...(values.strategy === undefined ? {} : { strategies: values.strategy }),
  onProgress: (text) => {
    clear()
    if (process.stderr.isTTY) process.stderr.write(text)
  },
  onRow: ({ precision, name, prompts: count, same, gaps, acceptanceRate, tokensPerForward }) => {
    clear()
    failures += gaps.length
    const accepted = acceptanceRate === null ? 'none' : `${(100 * acceptanceRate).toFixed(0)} %`
    const widest = gaps.length === 0 ? '' : Math.max(...gaps).toFixed(4)
    show([precision, name, `${same}/${count}`, widest, accepted, tokensPerForward.toFixed(2)])
  },
})
console.log(failures === 0 ? 'Nothing differs.' : `${failures} texts differ.`)
process.exit(failures === 0 ? 0 : 1)
