// Reads the small text files of a model's folder, and says which file is at fault where one cannot be read.

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'

/** The error for a file of a model that is missing, cut short or not what it should be. */
export function brokenFile(file: string, why: string, cause?: unknown): StudioError {
  const name = path.join(path.basename(path.dirname(file)), path.basename(file))
  return new StudioError(
    'MODEL_BROKEN',
    `The model's file ${name} cannot be used: ${why}`,
    { remedy: `Download or copy the model again, ${name} above all.`, detail: file },
    { cause },
  )
}

/**
 * A whole text file.
 * @throws StudioError MODEL_BROKEN where it cannot be read
 */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw brokenFile(file, isMissing(cause) ? 'it is missing' : 'it cannot be opened', cause)
  }
}

/**
 * A JSON file of the given form.
 * @throws StudioError MODEL_BROKEN where the file is missing or not of that form
 */
export async function readJson<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> {
  const text = await readText(file)
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON'
    throw brokenFile(file, why, cause)
  }
}

/** As `readJson`, but undefined where there is no such file. */
export async function readOptionalJson<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S> | undefined> {
  try {
    return await readJson(file, schema)
  } catch (error) {
    if (error instanceof StudioError && isMissing(error.cause)) return undefined
    throw error
  }
}

/** As `readText`, but undefined where there is no such file. */
export async function readOptionalText(file: string): Promise<string | undefined> {
  try {
    return await readText(file)
  } catch (error) {
    if (error instanceof StudioError && isMissing(error.cause)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
