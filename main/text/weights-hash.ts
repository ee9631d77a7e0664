import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { StudioError } from '../../contract/errors'
import { readGraphOutline } from '../runtime/graph-outline'
import type { LanguageFolder } from './language-folder'
import type { DrafterRole } from './language-manifest'

/** Hashes of files that did not change since, by path, size and time of change. */
const known = new Map<string, Promise<string>>()

async function hashOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file)
  const key = JSON.stringify([file, size, mtimeMs])
  let hash = known.get(key)
  if (hash === undefined) {
    hash = readAndHash(file)
    known.set(key, hash)
    hash.catch(() => known.delete(key))
  }
  return hash
}

async function readAndHash(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(part as Buffer)
  return hash.digest('hex')
}

/**
 * Sees that a drafter was trained on the target that it is to draft for: heads read the target's hidden states, and those of other
 * weights mean nothing to them. The weights are those of any precision, for they all come from one training.
 * @throws StudioError MODEL_UNSUPPORTED naming the drafter and the target
 */
export async function checkDrafterFits(folder: LanguageFolder, role: DrafterRole): Promise<void> {
  const drafter = folder.drafters[role]
  if (drafter?.target === undefined) return
  const targets = Object.values(folder.precisions).map(({ target }) => target)
  const weights = new Set(targets.flatMap((target) => readGraphOutline(target).paths.slice(1)))
  const hashes = await Promise.all([...weights].map(hashOf))
  if (hashes.includes(drafter.target)) return
  const names = [...weights].map((file) => path.relative(folder.path, file)).join(', ')
  throw new StudioError(
    'MODEL_UNSUPPORTED',
    `The drafter ${path.relative(folder.path, drafter.file)} was made for other weights than ${folder.name} has in ${names}`,
    {
      remedy: `Download ${path.relative(folder.path, drafter.file)} and ${names} again, both of the same release.`,
      detail: `expected ${drafter.target}, found ${hashes.join(', ')}`,
    },
  )
}
