import { closeSync, openSync, readSync } from 'node:fs'
import { shortName } from '../runtime/onnx/read-model'
import { openGguf } from './open-gguf'
import { openOnnx } from './open-onnx'
import { openSafetensors } from './open-safetensors'
import type { OpenedModel } from './opened-model'

function firstBytes(path: string, count: number): Buffer {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(count)
      return bytes.subarray(0, readSync(descriptor, bytes, 0, count, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return Buffer.alloc(0)
  }
}

/** Whether a file begins as safetensors does: a length, then a JSON object. */
function looksLikeSafetensors(start: Buffer): boolean {
  return start.length >= 9 && start.readBigUInt64LE() < 2n ** 32n && start.subarray(8, 9).toString() === '{'
}

/**
 * Opens a file as what its name or its first bytes say it is.
 * @param name what people call it
 * @throws StudioError MODEL_BROKEN, MODEL_UNSUPPORTED
 */
export function openModel(path: string, name = shortName(path)): OpenedModel {
  const start = firstBytes(path, 9)
  if (start.subarray(0, 4).toString('latin1') === 'GGUF' || /\.gguf$/i.test(path)) return openGguf({ path, name })
  if (/\.safetensors$/i.test(path)) return openSafetensors({ path, name })
  if (!/\.onnx$/i.test(path) && looksLikeSafetensors(start)) return openSafetensors({ path, name })
  return openOnnx(path, name)
}
