// Writes resources/probe: the graph that devices are probed with, and the numbers it must give.
//   node scripts/make-probe.mjs
import { build } from 'esbuild'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'resources', 'probe')

const bundle = await build({
  entryPoints: [join(root, 'main/runtime/testing/probe-graph.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
})
const source = Buffer.from(bundle.outputFiles[0].contents).toString('base64')
const { computeProbe, writeProbeGraph } = await import(`data:text/javascript;base64,${source}`)

mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'probe.onnx'), writeProbeGraph())
const expected = computeProbe().map((value) => Number(value.toPrecision(9)))
writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(expected)}\n`)
console.log(`Wrote ${folder}`)
