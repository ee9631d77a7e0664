import { build } from 'esbuild'
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A module of the core and all that it imports, bundled and loaded: for scripts that call the core without a host. */
export async function loadTypeScript(entry) {
  const cache = join('node_modules', '.cache', 'atelier')
  mkdirSync(cache, { recursive: true })
  const outfile = join(cache, `${basename(entry, '.ts')}.mjs`)
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['onnxruntime-node'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
  return import(pathToFileURL(outfile).href)
}
