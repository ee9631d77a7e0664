/** How a class is drawn, so that neighbours can be told apart without relying on the hue alone. */
export interface ClassStyle {
  /** One of eight hues that colour-blind eyes tell apart. */
  readonly color: string
  /** Solid for the first eight classes, then dashed, dotted, dash and dot. */
  readonly dash: 'solid' | 'dashed' | 'dotted' | 'mixed'
}

const hues = 8
const dashes = ['solid', 'dashed', 'dotted', 'mixed'] as const

/** The same class looks the same in every picture. */
export function classStyle(classId: number): ClassStyle {
  const place = Math.max(0, classId)
  return { color: `var(--c${(place % hues) + 1})`, dash: dashes[Math.floor(place / hues) % dashes.length]! }
}

/** As `stroke-dasharray`; undefined where the line is whole. */
export function dashArray(dash: ClassStyle['dash']): string | undefined {
  switch (dash) {
    case 'solid':
      return undefined
    case 'dashed':
      return '7 4'
    case 'dotted':
      return '2 3'
    case 'mixed':
      return '9 3 2 3'
  }
}
