export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Place = { readonly width: number; readonly height: number } & (
  { readonly x: number; readonly y: number } | object
)

export const smallestWindow = { width: 940, height: 640 } as const
const usualWindow = { width: 1440, height: 900 } as const

/** How much of the title bar has to be on a screen for the window to be found and moved. */
const reachable = { width: 120, height: 20 } as const
const titleBarHeight = 40

function overlap(a: Rectangle, b: Rectangle): { width: number; height: number } {
  return {
    width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
    height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
  }
}

function fit(size: { width: number; height: number }, area: Rectangle): { width: number; height: number } {
  return {
    width: Math.max(smallestWindow.width, Math.min(size.width, area.width)),
    height: Math.max(smallestWindow.height, Math.min(size.height, area.height)),
  }
}

/**
 * Where the window opens: where it was, as long as its title bar can still be reached there. A screen that was
 * unplugged meanwhile would otherwise keep the window. Without a position the system centres it.
 * @param workAreas of the screens that are there, the primary one first
 */
export function placeWindow(saved: Rectangle | null, workAreas: readonly Rectangle[]): Place {
  const [primary] = workAreas
  if (primary === undefined) return usualWindow
  if (saved === null) return fit(usualWindow, primary)
  const titleBar = { ...saved, height: titleBarHeight }
  const home = workAreas.find((area) => {
    const seen = overlap(titleBar, area)
    return seen.width >= reachable.width && seen.height >= reachable.height
  })
  return home === undefined ? fit(saved, primary) : { x: saved.x, y: saved.y, ...fit(saved, home) }
}
