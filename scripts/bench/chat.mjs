// Reading, answering, drawing and editing, in turn with the official BAGEL code in PyTorch eager on the same weights.
//   ATELIER_PYTHON        a Python with training/requirements.txt
//   ATELIER_BAGEL         a checkout of ByteDance-Seed/Bagel
//   ATELIER_BAGEL_PYTHON  a folder with transformers 4.49, which that code needs (training/goldens/README.md)
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ChatPeer } from './chat-peer.mjs'
import { ChatStudio } from './chat-studio.mjs'
import { makePicture } from './picture.mjs'
import { median, row } from './table.mjs'

const models = [
  { folder: 'resources/models/bagel-emoji', checkpoint: 'training/cache/bagel/checkpoint' },
  { folder: 'test-fixtures/models/tiny-bagel', checkpoint: 'test-fixtures/checkpoints/tiny-bagel' },
]

/** The same for both, whatever the model's own defaults are: each step guided, 24 model steps. */
const drawing = { steps: 25, shift: 1, textScale: 4, interval: [0, 1], renormMin: 0 }

export async function benchChat({ rounds, data }) {
  await mkdir(data, { recursive: true })
  for (const { folder, checkpoint } of models) {
    if (existsSync(folder)) await benchModel(folder, checkpoint, rounds, data)
    else console.log(`\nChat: ${folder} is not here`)
  }
}

async function benchModel(folder, checkpoint, rounds, data) {
  const { id, name, precision, bagel } = JSON.parse(await readFile(join(folder, 'studio.json'), 'utf8'))
  const { width, height } = bagel.defaults.draw
  console.log(`\nChat: ${name}, ${precision}; drawings of ${width} px, ${drawing.steps - 1} steps`)
  const request = {
    question: 'Describe the picture.',
    maxTokens: bagel.defaults.read.maxTokens,
    draw: { text: 'Draw a rocket.', ...drawing, width, height, imageScale: 1, renorm: 'global' },
    edit: { text: 'Make the background orange.', ...drawing, width, height, imageScale: 1.5, renorm: 'text_channel' },
  }
  const studio = await ChatStudio.start(join(data, id), resolve(folder), id)
  const peers = ChatPeer.startAll(checkpoint)
  const contenders = [studio, ...peers]
  const measured = contenders.map(() => [])
  try {
    // The first round loads, allocates and chooses kernels. Then one after the other, so that a slow minute is slow for all.
    for (let round = 0; round <= rounds; round += 1) {
      // Each round has a picture of its own: the studio would not read the same one again.
      const picture = await makePicture(join(data, `${id}-${round}.png`), width, height, round)
      for (const [place, contender] of contenders.entries()) {
        const result = await contender.round({ ...request, picture })
        if (round > 0) measured[place].push(result)
      }
    }
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()))
  }
  print(measured[0], measured.slice(1))
}

function print(studio, peers) {
  const unit = (name, digits) => (value) => `${value.toFixed(digits)} ${name}`
  const rate = (count) => (result) => result[count] / result.seconds
  const step = ({ seconds, steps }) => (1000 * seconds) / steps
  compare('prefill, picture and question', 'prefill', rate('rows'), unit('rows/s', 0), 'more')
  compare('answer', 'answer', rate('tokens'), unit('tokens/s', 0), 'more')
  compare('a step of a drawing, 2 passes', 'draw', step, unit('ms', 1), 'less')
  compare('a step of an edit, 3 passes', 'edit', step, unit('ms', 1), 'less')
  for (const [phase, name] of [
    ['read', 'an answer'],
    ['draw', 'a drawing'],
    ['edit', 'an edit'],
  ]) {
    const share = median(studio.map(({ outside }) => outside[phase]))
    row(`outside the graphs, ${name}`, `${(100 * share).toFixed(1)} %`, phase === 'draw' ? 'aim below 3 %' : '')
  }

  /** One line for the studio and one for the faster of the peer's precisions. */
  function compare(name, phase, value, show, better) {
    const own = median(studio.map((result) => value(result[phase])))
    row(name, show(own))
    const others = peers.map((results) => ({
      value: median(results.map((result) => value(result[phase]))),
      precision: results[0].precision,
    }))
    if (others.length === 0) return
    const best = others.reduce((a, b) => ((better === 'more' ? a.value > b.value : a.value < b.value) ? a : b))
    const times = better === 'more' ? own / best.value : best.value / own
    row(`  PyTorch eager, ${best.precision}`, show(best.value), `studio ${times.toFixed(2)} times as fast; aim 2`)
  }
}
