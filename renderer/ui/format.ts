/** Numbers as people read them. Thin spaces group digits, so that no locale's comma is taken for a decimal point. */

const thin = '\u202f'

export function groupDigits(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, thin)
}

export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}

export function formatSeconds(seconds: number): string {
  if (seconds < 0.0995) return `${Math.max(1, Math.round(seconds * 1000))} ms`
  if (seconds < 1) return `${seconds.toFixed(2)} s`
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function formatMilliseconds(milliseconds: number): string {
  return formatSeconds(milliseconds / 1000)
}

/** "13–16 s left": a range keeps its promise, one exact number jumps. */
export function formatEta(eta: { readonly low: number; readonly high: number }): string {
  const low = Math.max(0, Math.round(eta.low))
  const high = Math.max(low, Math.ceil(eta.high))
  if (high <= 1) return 'about 1 s left'
  if (high < 90) return low === high ? `${high} s left` : `${low}–${high} s left`
  const lowMinutes = Math.floor(low / 60)
  const highMinutes = Math.ceil(high / 60)
  return lowMinutes === highMinutes ? `${highMinutes} min left` : `${lowMinutes}–${highMinutes} min left`
}

export function formatSize(width: number, height: number): string {
  return `${width} × ${height}`
}

/** A decimal without trailing noise: 4.5, 3.0, 0.625. */
export function formatDecimal(value: number, least = 1, most = 3): string {
  const short = String(Number(value.toFixed(most)))
  const places = short.split('.')[1]?.length ?? 0
  return places < least ? value.toFixed(least) : short
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`
}

/** "Today", "Yesterday" or the date, for headings over groups of records. */
export function formatDay(time: number, now: number): string {
  const startOfDay = new Date(now).setHours(0, 0, 0, 0)
  if (time >= startOfDay) return 'Today'
  if (time >= startOfDay - 86_400_000) return 'Yesterday'
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  return new Date(time).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
}

export function formatClock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

/** Joins sentences that may or may not end with a full stop. */
export function sentences(...texts: readonly (string | undefined)[]): string {
  return texts
    .filter((text) => text !== undefined && text.trim() !== '')
    .map((text) => (/[.!?…]$/.test(text!.trim()) ? text!.trim() : `${text!.trim()}.`))
    .join(' ')
}

/** The first sentences of a text. */
export function firstSentences(text: string, count: number): string {
  return text
    .trim()
    .split(/(?<=[.!?])\s+/)
    .slice(0, count)
    .join(' ')
}

/** The first words of a prompt, short enough for a title or a file name. */
export function shortTitle(prompt: string, most = 48): string {
  const line = prompt.trim().replace(/\s+/g, ' ')
  if (line.length <= most) return line
  const cut = line.slice(0, most)
  const space = cut.lastIndexOf(' ')
  return `${(space > most / 2 ? cut.slice(0, space) : cut).replace(/[,;:.\s]+$/, '')}…`
}

export function fileName(prompt: string, seed: number): string {
  const words = prompt
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '')
  return `${words || 'picture'}-${seed}.png`
}

/** A whole exponent as it stands beside its base: 3 is ³, -12 is ⁻¹². */
export function superscript(exponent: number): string {
  return String(exponent).replace(/[-\d]/g, (character) => (character === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(character)]!))
}

export function powerOfTen(exponent: number): string {
  return `10${superscript(exponent)}`
}
