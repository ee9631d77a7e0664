import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'
import { settingsSchema, type Settings, type SettingsPatch } from '../../contract/settings'
import { translateDiskError } from './disk-error'

const version = 1
const fileSchema = z.object({ version: z.literal(version), settings: settingsSchema })

/** The settings, in a file that people can read. A damaged file is kept aside and the defaults take its place. */
export class SettingsFile {
  readonly #path: string
  #settings: Settings
  #writing: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
    this.#settings = this.#load()
  }

  read(): Settings {
    return this.#settings
  }

  /** @throws StudioError DISK_FULL, INTERNAL; the change is undone then */
  async change(patch: SettingsPatch): Promise<Settings> {
    const before = this.#settings
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
    this.#settings = settingsSchema.parse({ ...before, ...given })
    const text = `${JSON.stringify({ version, settings: this.#settings }, null, 2)}\n`
    const written = this.#writing.then(() => {
      mkdirSync(dirname(this.#path), { recursive: true })
      return writeFileAtomic(this.#path, text)
    })
    this.#writing = written.catch(() => undefined)
    try {
      await written
    } catch (error) {
      this.#settings = before
      throw translateDiskError(error, 'The settings')
    }
    return this.#settings
  }

  #load(): Settings {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch {
      return settingsSchema.parse({})
    }
    try {
      return fileSchema.parse(JSON.parse(text)).settings
    } catch {
      try {
        renameSync(this.#path, `${this.#path.replace(/\.json$/, '')}.broken.json`)
      } catch {
        // A folder that cannot be written to is reported when a setting is changed.
      }
      return settingsSchema.parse({})
    }
  }
}
