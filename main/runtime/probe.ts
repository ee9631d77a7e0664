import { spawn } from 'node:child_process'
import type { Provider } from '../../contract/devices'
import type { Failure } from '../../contract/errors'

/** What the probing process prints. */
export type ProbeReport =
  | { readonly ok: true; readonly error: number; readonly milliseconds: number }
  | { readonly ok: false; readonly failure: Failure }

/** What a probe of CUDA says where the libraries that the npm package leaves out were never fetched. */
export const cudaNotFetched = 'libonnxruntime_providers_cuda is not there'

/** How a probe ended, the ways included in which it could not report. */
export type ProbeOutcome =
  | { readonly kind: 'ran'; readonly error: number; readonly milliseconds: number }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'crashed'; readonly how: string; readonly detail: string }
  | { readonly kind: 'silent'; readonly seconds: number }

export interface ProbeFiles {
  /** Path of the bundle of probe-process.ts. */
  readonly entry: string
  /** The folder that holds probe.onnx and expected.json. */
  readonly folder: string
}

/** A GPU's first use may build a cache of kernels, which takes tens of seconds on some drivers. */
const longestProbe = 60_000
const longestDetail = 2000

function outcomeOf(line: string, how: string, detail: string): ProbeOutcome {
  let report: ProbeReport
  try {
    report = JSON.parse(line) as ProbeReport
  } catch {
    return { kind: 'crashed', how, detail }
  }
  if (report.ok) return { kind: 'ran', error: report.error, milliseconds: report.milliseconds }
  return { kind: 'refused', detail: [report.failure.detail ?? report.failure.message, detail].join('\n').trim() }
}

/** Tries a device in a process of its own, so that a driver that crashes or hangs does so there. Never rejects. */
export function runProbe(provider: Provider, files: ProbeFiles, timeout = longestProbe): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [files.entry, provider, files.folder], {
      // Inside Electron the executable is Electron's; this makes it plain Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    let [output, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-longestDetail)))
    const timer = setTimeout(() => {
      resolve({ kind: 'silent', seconds: timeout / 1000 })
      child.kill('SIGKILL')
    }, timeout)
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve({ kind: 'crashed', how: 'it could not be started', detail: error.message })
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve(outcomeOf(output, signal ?? `exit code ${code ?? 'unknown'}`, errors.trim()))
    })
  })
}
