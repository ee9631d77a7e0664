import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SettingsFile } from './settings-file'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-settings-'))
  path = join(folder, 'settings.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the settings', () => {
  it('keep a change and fill in the rest', async () => {
    await new SettingsFile(path).change({ theme: 'dark' })
    expect(new SettingsFile(path).read()).toMatchObject({ theme: 'dark', device: 'auto' })
  })

  it('keep every one of several changes at once', async () => {
    const settings = new SettingsFile(path)
    await Promise.all([
      settings.change({ theme: 'dark' }),
      settings.change({ threads: 2 }),
      settings.change({ device: 'cpu' }),
    ])
    expect(new SettingsFile(path).read()).toMatchObject({ theme: 'dark', threads: 2, device: 'cpu' })
  })

  it('keep a damaged file aside and start with the defaults', async () => {
    await writeFile(path, '{"version": 1, "settings": {"theme": "pink"}}')
    expect(new SettingsFile(path).read().theme).toBe('system')
    expect(await readFile(join(folder, 'settings.broken.json'), 'utf8')).toContain('pink')
  })

  it('undo a change that cannot be written', async () => {
    const settings = new SettingsFile(join(path, 'below-a-file', 'settings.json'))
    await writeFile(path, '')
    await expect(settings.change({ theme: 'dark' })).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(settings.read().theme).toBe('system')
  })
})
