// Writes the hashes of a model's graphs and weights into its studio.json, or checks them.
//   node scripts/hash-model.mjs <folder> [--check]
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, flag] = process.argv.slice(2)
const manifestPath = join(folder ?? '', 'studio.json')
if (folder === undefined || !existsSync(manifestPath)) {
  console.error('Usage: node scripts/hash-model.mjs <folder with a studio.json> [--check]')
  process.exit(2)
}

/** Text files are left out: checking them out on another platform may change their line ends. */
const isWeights = (name) => /\.(onnx|onnx_data\S*|data|bin|safetensors)$/.test(name)

function find(below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? find(path) : isWeights(entry.name) ? [path] : []
  })
}

async function describe(path) {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const part of createReadStream(join(folder, path))) {
    hash.update(part)
    bytes += part.length
  }
  return { sha256: hash.digest('hex'), bytes }
}

const files = {}
for (const path of find().sort()) files[path] = await describe(path)
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))

if (flag === '--check') {
  const published = manifest.files ?? {}
  const names = [...new Set([...Object.keys(published), ...Object.keys(files)])]
  const different = names.filter((name) => published[name]?.sha256 !== files[name]?.sha256)
  for (const name of different) {
    const why = files[name] === undefined ? 'is missing' : published[name] === undefined ? 'is not listed' : 'differs'
    console.error(`${join(folder, name)} ${why}`)
  }
  process.exit(different.length === 0 ? 0 : 1)
}
writeFileSync(manifestPath, `${JSON.stringify({ ...manifest, files }, null, 2)}\n`)
console.log(`${Object.keys(files).length} files in ${manifestPath}`)
