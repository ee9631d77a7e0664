import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimFolder } from './folder-lock'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('claimFolder', () => {
  it('is refused while another living process holds the folder', () => {
    const path = join(folder, 'studio.lock')
    writeFileSync(path, String(process.ppid))
    expect(claimFolder(path)).toBeNull()
  })

  it('takes over from a process that ended, and gives the folder back', () => {
    const path = join(folder, 'studio.lock')
    writeFileSync(path, '999999999')
    const release = claimFolder(path)
    expect(release).not.toBeNull()
    release?.()
    expect(existsSync(path)).toBe(false)
  })
})
