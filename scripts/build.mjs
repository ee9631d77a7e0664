// Builds everything that runs: the core and its workers, the command line, the shell, and the page.
//   node scripts/build.mjs [--quiet] [--no-page] [--watch]
import { build, context } from 'esbuild'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const flags = new Set(process.argv.slice(2))
const version = (await import('node:module')).createRequire(import.meta.url)('../package.json').version

/** Entry of each bundle, by where it lands. Natives and electron stay outside: they are found at run time. */
const entries = {
  'dist/core/engine': 'main/hosts/port-host.ts',
  'dist/core/inference-worker': 'main/hosts/inference-worker.ts',
  'dist/core/helper-thread': 'main/hosts/helper-thread.ts',
  'dist/core/probe': 'main/runtime/probe-process.ts',
  'dist/cli/atelier': 'main/hosts/cli/atelier.ts',
  'dist/electron/main': 'electron/main.ts',
  'dist/electron/preload': 'electron/preload.ts',
}

const options = {
  absWorkingDir: root,
  entryPoints: Object.entries(entries)
    .filter(([, file]) => existsSync(join(root, file)))
    .map(([out, file]) => ({ out, in: file })),
  outdir: '.',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18',
  sourcemap: true,
  logLevel: 'warning',
  external: ['electron', 'onnxruntime-node', 'sharp', 'libsql'],
  // Natives are required, not imported: their ES module forms may use syntax that an older Electron's Node does not read.
  supported: { 'dynamic-import': false },
  define: { __ATELIER_VERSION__: JSON.stringify(version) },
}

const start = Date.now()
if (flags.has('--watch')) {
  await (await context(options)).watch()
} else {
  await build(options)
}
if (!flags.has('--no-page') && existsSync(join(root, 'renderer/vite.config.ts'))) {
  const { build: buildPage } = await import('vite')
  await buildPage({ configFile: join(root, 'renderer/vite.config.ts'), logLevel: 'warn' })
}
if (!flags.has('--quiet')) console.log(`Built in ${((Date.now() - start) / 1000).toFixed(1)} s`)
