import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { StudioError } from '../../../contract/errors'

/** A file that an option names. @throws StudioError INVALID_INPUT naming the option */
export async function readFileOption(option: string, path: string): Promise<File> {
  try {
    return new File([new Uint8Array(await readFile(path))], basename(path))
  } catch (cause) {
    throw new StudioError(
      'INVALID_INPUT',
      `The file ${path} cannot be read`,
      { field: option, remedy: 'Check the path.' },
      { cause },
    )
  }
}
