import { createRequire, Module } from 'node:module'
import type sharp from 'sharp'

type Sharp = typeof sharp

let loaded: Promise<Sharp> | undefined

/** sharp, loaded on first use: it is not needed to start. */
export function loadSharp(): Promise<Sharp> {
  return (loaded ??= load())
}

async function load(): Promise<Sharp> {
  if (process.platform === 'linux' && process.versions['electron'] !== undefined) preferWebAssembly()
  return (await import('sharp')).default
}

/**
 * Lets sharp find its WebAssembly build where it looks for the native one.
 *
 * On Linux, Electron brings a GLib of its own, and the one inside sharp's native build registers the same types in the same
 * process: criticals on the console and calls that never return. sharp offers no choice of build, so the module that it asks for is
 * put into the cache of `require` beforehand.
 */
function preferWebAssembly(): void {
  const here = createRequire(__filename)
  const fromSharp = createRequire(here.resolve('sharp'))
  let path: string
  try {
    path = fromSharp.resolve(`@img/sharp-linux-${process.arch}/sharp.node`)
  } catch {
    return // No native build installed: sharp turns to WebAssembly by itself.
  }
  const stand = new Module(path)
  // The native build tells whether the processor is new enough; WebAssembly has no such need.
  stand.exports = { ...(here('@img/sharp-wasm32/sharp.node') as object), _isUsingX64V2: () => true }
  stand.loaded = true
  fromSharp.cache[path] = stand
}
