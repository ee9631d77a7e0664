import { basename, extname } from 'node:path'

const extensions: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/gif': '.gif',
}

/** The ending that other programs know a file of this kind by; empty where there is none. */
export function extensionFor(mediaType: string | null): string {
  return extensions[mediaType ?? ''] ?? ''
}

const longestName = 120

/** A name from the page as a bare file name that every system takes, with the right ending. */
export function safeFileName(suggested: string, extension: string): string {
  const bare = basename(suggested.replaceAll('\\', '/'))
  const stem = extension !== '' && extname(bare).toLowerCase() === extension ? bare.slice(0, -extension.length) : bare
  const clean = stem
    // Characters that Windows refuses, and those that cannot be seen.
    .replace(/[<>:"/\\|?*\p{C}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  const cut = Array.from(clean).slice(0, longestName).join('').trimEnd()
  return `${cut === '' ? 'picture' : cut}${extension}`
}
