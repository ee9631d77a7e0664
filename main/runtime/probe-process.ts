// Entry of the process that tries one device: node probe-process.cjs <provider> <folder of the probe graph>
// It prints one line of JSON. A driver that crashes takes this process with it and nothing else.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { providerSchema } from '../../contract/devices'
import { StudioError, toFailure } from '../../contract/errors'
import { openGraph } from './open-graph'
import { probeError, probeInput } from './probe-check'
import { cudaNotFetched, type ProbeReport } from './probe'

const timedRuns = 3

/** onnxruntime says the same of a library that is not there and of one whose own libraries are missing. */
function refuseUnfetchedCuda(): void {
  const folder = dirname(createRequire(__filename).resolve('onnxruntime-node/package.json'))
  const library = join(folder, 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so')
  if (!existsSync(library)) throw new StudioError('DEVICE_UNAVAILABLE', cudaNotFetched)
}

async function probe(providerName: string, folder: string): Promise<ProbeReport> {
  const provider = providerSchema.parse(providerName)
  if (provider === 'cuda') refuseUnfetchedCuda()
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as number[]
  const graph = await openGraph({ path: join(folder, 'probe.onnx'), role: 'probe', provider, wholly: true })
  const run = async (): Promise<Float32Array> =>
    (await graph.run({ x: probeInput() }, ['y']))['y']?.data as Float32Array
  // The first run prepares kernels; the fastest of the next ones is what the device can do.
  const error = probeError(await run(), expected)
  let milliseconds = Number.POSITIVE_INFINITY
  for (let n = 0; n < timedRuns; n++) {
    const before = graph.runMilliseconds
    await run()
    milliseconds = Math.min(milliseconds, graph.runMilliseconds - before)
  }
  return { ok: true, error, milliseconds }
}

const [, , provider = '', folder = ''] = process.argv
probe(provider, folder).then(
  (report) => finish(report),
  (error: unknown) => finish({ ok: false, failure: toFailure(error) }),
)

/** Ends at once after the report: native libraries of GPUs may hang or crash while they are torn down. */
function finish(report: ProbeReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0))
}
