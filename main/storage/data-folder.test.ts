import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder } from './data-folder'

describe('the data folder', () => {
  it.each([
    ['darwin', {}, '/home/a/Library/Application Support/Atelier'],
    ['win32', { APPDATA: '/home/a/Roaming' }, '/home/a/Roaming/Atelier'],
    ['linux', {}, '/home/a/.local/share/atelier'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/atelier'],
    ['win32', { ATELIER_DATA: '/x' }, '/x'],
    ['linux', { ATELIER_DATA: '' }, '/home/a/.local/share/atelier'],
  ] as const)('on %s with %j is %s', (platform, environment, folder) => {
    expect(resolve(dataFolder(environment, platform, '/home/a'))).toBe(resolve(folder))
  })
})
