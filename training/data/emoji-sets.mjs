// The openly licensed emoji sets, each as a function from a code ("1f436") to a picture's source (SVG or WebP bytes), or null.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const here = path.dirname(fileURLToPath(import.meta.url))
export const readJson = (...parts) => JSON.parse(fs.readFileSync(path.join(here, 'node_modules', ...parts), 'utf8'))

/** Code points without the variation selector, which the sets write or leave out as they like. */
export const normalise = (code) => code.toLowerCase().split('-').filter((c) => c !== 'fe0f').join('-')

/**
 * code -> SVG text, for an iconify set. Names come from chars.json; old names are aliases in icons.json. A set without
 * chars.json is read with the names of another one (`namesOf`), with or without dashes, a closing "face" and a number.
 */
export function iconifySet(name, namesOf = name) {
  const chars = readJson('@iconify-json', namesOf, 'chars.json')
  const set = readJson('@iconify-json', name, 'icons.json')
  const byCode = new Map(Object.entries(chars).map(([code, icon]) => [normalise(code), icon]))
  const spellings = (icon) => [icon, set.aliases?.[icon]?.parent, icon.replaceAll('-', ''), icon.replace(/-face$/, '').replaceAll('-', ''), `${icon}-1`]
  return (code) => {
    const icon = byCode.get(code)
    const entry = icon && spellings(icon).map((spelling) => set.icons[spelling]).find(Boolean)
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

export function fluent3dSet() {
  const dir = path.join(here, 'node_modules', '@lobehub', 'fluent-emoji-3d', 'assets')
  const byCode = new Map(fs.readdirSync(dir).map((f) => [normalise(f.replace('.webp', '')), path.join(dir, f)]))
  return (code) => (byCode.has(code) ? fs.readFileSync(byCode.get(code)) : null)
}

/** Source -> RGBA bytes [size, size, 4], straight alpha, the drawing trimmed and fitted to the full box. */
export async function fitted(source, size, about) {
  const trimmed = await sharp(source).ensureAlpha().trim({ background: '#00000000', threshold: 1 }).png().toBuffer()
  const { data, info } = await sharp(trimmed)
    .resize(size, size, { fit: 'contain', background: '#00000000', kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 4) throw new Error(`${about}: ${info.channels} channels`)
  return data
}
