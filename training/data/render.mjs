// Renders every subject in every style to 128 x 128 RGBA and writes one raw file plus an index.
//
//   node render.mjs [output folder]      (default ../cache/emoji)
//
// Output: pictures.rgba  uint8 [N, 128, 128, 4], straight alpha, the drawing trimmed and fitted to the full box
//         pictures.json  { size, styles, items: [{ subject, style, row }] }
// Sources: Noto and Twemoji and Fluent flat as SVG from the iconify packages, Fluent 3D as WebP.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { fitted, fluent3dSet, iconifySet } from './emoji-sets.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const outDir = path.resolve(process.argv[2] ?? path.join(here, '..', 'cache', 'emoji'))
const SIZE = 128

const { subjects } = JSON.parse(fs.readFileSync(path.join(here, 'subjects.json'), 'utf8'))
const styles = {
  noto: iconifySet('noto'),
  'fluent 3d': fluent3dSet(),
  flat: iconifySet('fluent-emoji-flat'),
  twemoji: iconifySet('twemoji'),
}

fs.mkdirSync(outDir, { recursive: true })
const items = []
const rows = []
const missing = []
for (const subject of subjects) {
  for (const [style, find] of Object.entries(styles)) {
    const source = find(subject.code)
    if (!source) {
      missing.push(`${subject.id} (${style})`)
      continue
    }
    items.push({ subject: subject.id, style, row: rows.length })
    rows.push(await fitted(source, SIZE, subject.id))
  }
}
fs.writeFileSync(path.join(outDir, 'pictures.rgba'), Buffer.concat(rows))
fs.writeFileSync(path.join(outDir, 'pictures.json'), JSON.stringify({ size: SIZE, styles: Object.keys(styles), items }))
console.log(`${rows.length} pictures of ${subjects.length} subjects in ${Object.keys(styles).length} styles`)
if (missing.length) console.log(`missing: ${missing.join(', ')}`)
