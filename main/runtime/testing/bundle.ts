import { build } from 'esbuild'
import { join } from 'node:path'

/** Bundles an entry file as the build does, so that a test can start it as a thread or a process of its own. */
export async function bundleForTest(entry: string): Promise<string> {
  // Inside node_modules, from where the natives beside it are found.
  const outfile = join('node_modules', '.cache', 'atelier', entry.replaceAll(/[/\\]/g, '-').replace(/\.ts$/, '.cjs'))
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    external: ['onnxruntime-node'],
    logLevel: 'silent',
  })
  return join(process.cwd(), outfile)
}
