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
import sharp from 'sharp'

const here = path.dirname(fileURLToPath(import.meta.url))
const outDir = path.resolve(process.argv[2] ?? path.join(here, '..', 'cache', 'emoji'))
const SIZE = 128

const { subjects } = JSON.parse(fs.readFileSync(path.join(here, 'subjects.json'), 'utf8'))
const readJson = (...parts) => JSON.parse(fs.readFileSync(path.join(here, 'node_modules', ...parts), 'utf8'))

/** Code points without the variation selector, which the sets write or leave out as they like. */
const normalise = (code) => code.toLowerCase().split('-').filter((c) => c !== 'fe0f').join('-')

/** code -> SVG text, for an iconify set. Names come from chars.json; old names are aliases in icons.json. */
function iconifySet(name) {
  const chars = readJson('@iconify-json', name, 'chars.json')
  const set = readJson('@iconify-json', name, 'icons.json')
  const byCode = new Map(Object.entries(chars).map(([code, icon]) => [normalise(code), icon]))
  return (code) => {
    let icon = byCode.get(code)
    if (icon && !set.icons[icon]) icon = set.aliases?.[icon]?.parent
    const entry = icon && set.icons[icon]
    if (!entry) return null
    const w = entry.width ?? set.width ?? 16
    const h = entry.height ?? set.height ?? 16
    const scale = 256 / Math.max(w, h)
    return Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
        `width="${w * scale}" height="${h * scale}" viewBox="${entry.left ?? 0} ${entry.top ?? 0} ${w} ${h}">${entry.body}</svg>`,
    )
  }
}

function fluent3dSet() {
  const dir = path.join(here, 'node_modules', '@lobehub', 'fluent-emoji-3d', 'assets')
  const byCode = new Map(fs.readdirSync(dir).map((f) => [normalise(f.replace('.webp', '')), path.join(dir, f)]))
  return (code) => (byCode.has(code) ? fs.readFileSync(byCode.get(code)) : null)
}

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
    const trimmed = await sharp(source).ensureAlpha().trim({ background: '#00000000', threshold: 1 }).png().toBuffer()
    const { data, info } = await sharp(trimmed)
      .resize(SIZE, SIZE, { fit: 'contain', background: '#00000000', kernel: 'lanczos3' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 4) throw new Error(`${subject.id}: ${info.channels} channels`)
    items.push({ subject: subject.id, style, row: rows.length })
    rows.push(data)
  }
}
fs.writeFileSync(path.join(outDir, 'pictures.rgba'), Buffer.concat(rows))
fs.writeFileSync(path.join(outDir, 'pictures.json'), JSON.stringify({ size: SIZE, styles: Object.keys(styles), items }))
console.log(`${rows.length} pictures of ${subjects.length} subjects in ${Object.keys(styles).length} styles`)
if (missing.length) console.log(`missing: ${missing.join(', ')}`)
