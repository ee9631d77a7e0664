// What the adaptive plan makes of known guesses and known costs, by category of the evaluation prompts and on the mean: for changes
// to the plan that are smaller than what a machine's moods make of a bench.
//   python -m training.language.plan_guesses && node scripts/simulate-plan.mjs [--rows 8.5,9.5,10.8,12] [--first 0.95] [--further 0.5] [--rest 0.15]
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadTypeScript } from './load-typescript.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: {
      type: 'string',
      default: '8.45,9.45,10.75,11.95,13.1,14.3,15.4,16.5,17.6,18.7,19.8,20.9,22,23.1,24.2,25.3,26.4',
    },
    first: { type: 'string', default: '0.95' },
    further: { type: 'string', default: '0.5' },
    rest: { type: 'string', default: '0.15' },
  },
})
const costs = {
  rows: values.rows.split(',').map(Number),
  first: Number(values.first),
  further: Number(values.further),
  rest: Number(values.rest),
}
const texts = JSON.parse(readFileSync(positionals[0] ?? 'training/cache/language/guesses.json', 'utf8'))
const { simulatedSpeedup } = await loadTypeScript('main/speculate/testing/simulated-race.ts')

for (const kind of ['mtp', 'lookup-mtp']) {
  const means = []
  for (const [category, known] of Object.entries(texts)) {
    const factors = await Promise.all(known.map((text) => simulatedSpeedup(kind, text, costs)))
    means.push([category, Math.exp(factors.reduce((sum, factor) => sum + Math.log(factor), 0) / factors.length)])
  }
  const six = means.filter(([category]) => category !== 'copying')
  const mean = six.reduce((sum, [, factor]) => sum + factor, 0) / six.length
  console.log(
    `${kind}: ${mean.toFixed(3)}, ${means.map(([category, factor]) => `${category} ${factor.toFixed(2)}`).join(', ')}`,
  )
}
