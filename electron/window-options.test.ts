import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { overlayHeight, themeColours, windowOptions, type WindowSurroundings } from './window-options'

const surroundings: WindowSurroundings = {
  platform: 'win32',
  electron: 45,
  colours: themeColours.dark,
  place: { x: 10, y: 20, width: 1200, height: 800 },
  preload: '/app/preload.cjs',
  icon: '/app/icon.png',
}

test('the page is shut off from Node in every way there is', () => {
  const { webPreferences } = windowOptions(surroundings)
  expect(webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
  })
  const loosening = [
    'webSecurity',
    'allowRunningInsecureContent',
    'experimentalFeatures',
    'enableBlinkFeatures',
    'nodeIntegrationInWorker',
    'nodeIntegrationInSubFrames',
  ]
  for (const option of loosening) expect(webPreferences).not.toHaveProperty(option)
})

test('window buttons lie over the page where the system can do that', () => {
  const overlay = { titleBarStyle: 'hidden', titleBarOverlay: { color: '#131518', symbolColor: '#a3a8af', height: 39 } }
  expect(windowOptions(surroundings)).toMatchObject(overlay)
  expect(windowOptions({ ...surroundings, platform: 'darwin' })).toMatchObject(overlay)
  expect(windowOptions({ ...surroundings, platform: 'linux' })).toMatchObject(overlay)
  expect(windowOptions({ ...surroundings, platform: 'linux', electron: 43 })).not.toHaveProperty('titleBarStyle')
})

test('colours and height are those of the page', () => {
  const sheet = readFileSync(join(import.meta.dirname, '../renderer/ui/tokens.css'), 'utf8')
  const token = (theme: 'dark' | 'light', name: string): string | undefined => {
    const block = new RegExp(`\\[data-theme='${theme}'\\] \\{(.*?)\\n\\}`, 's').exec(sheet)?.[1] ?? ''
    return new RegExp(`--${name}: (\\S+);`).exec(block)?.[1]
  }
  for (const theme of ['dark', 'light'] as const) {
    expect(themeColours[theme]).toEqual({ background: token(theme, 'bg'), symbols: token(theme, 'muted') })
  }
  expect(/--top: (\d+)px;/.exec(sheet)?.[1]).toBe(String(overlayHeight + 1))
})
