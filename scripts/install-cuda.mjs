// Fetches onnxruntime's CUDA libraries (from NuGet) into node_modules. They are not part of the npm package.
//   npm run cuda
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    'onnxruntime-node has CUDA for Linux on x64 alone. On Windows use DirectML, on macOS WebGPU or CoreML: both are built in.',
  )
  process.exit(1)
}
const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
const { status } = spawnSync(
  process.execPath,
  [join(folder, 'script', 'install.js'), '--onnxruntime-node-install=cuda12'],
  {
    stdio: 'inherit',
    // A setting of npm or of the environment that skips these libraries must not win here.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'cuda12' },
  },
)
if (status !== 0) {
  console.error(
    'The CUDA libraries could not be fetched. They come from api.nuget.org: check the connection or the proxy.',
  )
  process.exit(status ?? 1)
}
console.log('CUDA is installed. It also needs the NVIDIA driver, the CUDA 12 runtime and cuDNN 9. See docs/devices.md.')
