// Measures what the studio promises and prints ratios; the same weights in PyTorch eager in the same run where that is there. Nothing is
// asserted: timings depend on the machine. Run `npm run build` first.
//   npm run bench                        all subjects: start-up, images, chat, detection
//   npm run bench -- chat 3              one of them, three times
//   ATELIER_PYTHON=python npm run bench  beside PyTorch (training/requirements.txt; for Chat see chat.mjs)
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchChat } from './chat.mjs'
import { benchDetect } from './detect.mjs'
import { benchImages } from './images.mjs'
import { benchStartUp } from './start-up.mjs'
import { machine } from './table.mjs'

const subjects = { 'start-up': benchStartUp, images: benchImages, chat: benchChat, detection: benchDetect }

const words = process.argv.slice(2)
const rounds = Number(words.find((word) => /^\d+$/.test(word)) ?? 5)
const chosen = words.filter((word) => !/^\d+$/.test(word))
const stranger = chosen.find((word) => !Object.hasOwn(subjects, word))
if (stranger !== undefined) {
  console.error(`There is no subject ${stranger}; there are: ${Object.keys(subjects).join(', ')}.`)
  process.exit(2)
}
const data = mkdtempSync(join(tmpdir(), 'atelier-bench-'))
try {
  console.log(`${machine()}, median of ${rounds}`)
  for (const [name, bench] of Object.entries(subjects)) {
    if (chosen.length === 0 || chosen.includes(name)) await bench({ rounds, data: join(data, name) })
  }
} finally {
  rmSync(data, { recursive: true, force: true })
}
