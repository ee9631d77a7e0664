// Renders what the detector's scenes are made of: its classes in every drawing, and other emoji as things to be passed over.
//
//   node render-detect.mjs [output folder] [side] [--classes]      (default ../cache/detect, 128 px, other emoji too)
//
// Output: pictures.rgba  uint8 [N, side, side, 4], straight alpha, the drawing trimmed and fitted to the full box
//         pictures.json  { size, items: [{ row, style, code, subject | null }] }; a subject is a class, null another emoji
// The classes also come in four further open sets, which widens what a class may look like. What one of them lacks is left out.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { fitted, fluent3dSet, iconifySet, normalise, readJson } from './emoji-sets.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const classesOnly = process.argv.includes('--classes')
const [folder, side] = process.argv.slice(2).filter((argument) => argument !== '--classes')
const outDir = path.resolve(folder ?? path.join(here, '..', 'cache', 'detect'))
const SIZE = Number(side ?? 128)
/** emojibase's groups: animals, food, travel, activities, objects. */
const OTHER_GROUPS = [3, 4, 5, 6, 7]

const styles = {
  noto: iconifySet('noto'),
  'fluent 3d': fluent3dSet(),
  flat: iconifySet('fluent-emoji-flat'),
  twemoji: iconifySet('twemoji'),
}
const classOnly = {
  'noto v1': iconifySet('noto-v1', 'noto'),
  fxemoji: iconifySet('fxemoji', 'noto'),
  emojione: iconifySet('emojione', 'noto'),
  streamline: iconifySet('streamline-emojis', 'noto'),
}

const { subjects } = JSON.parse(fs.readFileSync(path.join(here, 'subjects.json'), 'utf8'))
const { classes } = JSON.parse(fs.readFileSync(path.join(here, '..', 'detect', 'classes.json'), 'utf8'))
const codeOf = (emoji) => normalise([...emoji].map((c) => c.codePointAt(0).toString(16)).join('-'))
const classCodes = new Map(classes.map((c) => [subjects.find((s) => s.id === c.subject).code, c.subject]))
const alike = new Set(classes.flatMap((c) => c.alike.map(codeOf)))

const wanted = [...classCodes].map(([code, subject]) => ({ code, subject, from: { ...styles, ...classOnly } }))
for (const entry of readJson('emojibase-data', 'en', 'compact.json')) {
  const code = normalise(entry.hexcode)
  if (classesOnly || !OTHER_GROUPS.includes(entry.group) || classCodes.has(code) || alike.has(code)) continue
  wanted.push({ code, subject: null, from: styles })
}

fs.mkdirSync(outDir, { recursive: true })
const items = []
const file = fs.openSync(path.join(outDir, 'pictures.rgba'), 'w')
for (const { code, subject, from } of wanted) {
  for (const [style, find] of Object.entries(from)) {
    const source = find(code)
    if (!source) continue
    fs.writeSync(file, await fitted(source, SIZE, `${code} ${style}`))
    items.push({ row: items.length, style, code, subject })
  }
}
fs.closeSync(file)
fs.writeFileSync(path.join(outDir, 'pictures.json'), JSON.stringify({ size: SIZE, items }))
console.log(`${items.length} pictures, ${items.filter((i) => i.subject).length} of them of ${classes.length} classes`)
