import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** How many folders are looked into below one that was added: a whole disk must not be walked. */
const mostFolders = 5000

const passedOver = new Set(['node_modules', '__pycache__'])

/** The folders in a folder, linked ones included, sorted; none where it cannot be read. */
async function subfolders(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const paths = names.filter((name) => !name.startsWith('.') && !passedOver.has(name)).map((name) => join(folder, name))
  const stats = await Promise.all(paths.map((path) => stat(path).catch(() => null)))
  return paths.filter((_, index) => stats[index]?.isDirectory() === true).sort()
}

/**
 * Walks a folder and those below it, down to `levels`, and hands each to `visit` once, whichever links lead to it. What
 * `visit` takes (returns true for) is not looked into further.
 */
export async function walkFolders(
  root: string,
  levels: number,
  seen: Set<string>,
  visit: (folder: string) => Promise<boolean>,
): Promise<void> {
  let left = mostFolders
  const walk = async (folder: string, below: number): Promise<void> => {
    const real = await realpath(folder).catch(() => null)
    if (real === null || seen.has(real) || left === 0) return
    seen.add(real)
    left -= 1
    if ((await visit(folder)) || below === 0) return
    for (const subfolder of await subfolders(folder)) await walk(subfolder, below - 1)
  }
  await walk(root, levels)
}
