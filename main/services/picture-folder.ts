import { opendir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { StudioError } from '../../contract/errors'
import { checkFileSize } from './detection-pictures'

/** What cameras, phones and programs call pictures. Some of these cannot be read: they are listed with what is wrong, not passed over. */
const extension = /\.(?:jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|bmp|heic|heif|jp2|jxl)$/iu

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** @throws StudioError INVALID_INPUT where it is not there, is no folder or may not be read */
function folderError(folder: string, cause: unknown): StudioError {
  const field = 'source.folder'
  const code = codeOf(cause)
  const [message, remedy] =
    code === 'ENOENT'
      ? [`The folder ${folder} is not there`, 'Connect the drive that it is on, or choose another folder.']
      : code === 'ENOTDIR'
        ? [`${folder} is no folder`, 'Choose a folder with pictures.']
        : [`The folder ${folder} cannot be read`, 'Allow the studio to read it, or choose another folder.']
  return new StudioError('INVALID_INPUT', message, { field, remedy, detail: String(cause) }, { cause })
}

/**
 * Pictures in a folder, by their paths from there, with "/" on every system. Entries come as the disk has them, one at a time, so that a
 * folder of any size can be looked at. Hidden files and folders and links to folders are passed over; so is a folder inside that cannot
 * be read.
 * @throws StudioError INVALID_INPUT where the folder itself cannot be read
 */
export async function* picturesIn(folder: string, deep: boolean): AsyncGenerator<string, void, void> {
  const waiting = [folder]
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    try {
      for await (const entry of await opendir(at)) {
        if (entry.name.startsWith('.')) continue
        const path = join(at, entry.name)
        if (entry.isDirectory()) {
          if (deep) waiting.push(path)
        } else if (extension.test(entry.name)) yield relative(folder, path).split(sep).join('/')
      }
    } catch (error) {
      if (at === folder) throw folderError(folder, error)
    }
  }
}

/** Sees that a folder is there and holds a picture. @throws StudioError INVALID_INPUT */
export async function checkPictureFolder(folder: string, deep: boolean): Promise<void> {
  for await (const _ of picturesIn(folder, deep)) return
  throw noPictures(folder, deep)
}

export function noPictures(folder: string, deep: boolean): StudioError {
  return new StudioError('INVALID_INPUT', `There are no pictures in ${folder}`, {
    field: 'source.folder',
    remedy: deep
      ? 'Choose a folder with pictures.'
      : 'Choose a folder with pictures, or look into the folders in it too.',
  })
}

/** The bytes of a picture's file. @throws StudioError INVALID_INPUT where it is gone, empty or may not be read, PICTURE_TOO_LARGE */
export async function readPictureFile(path: string): Promise<Uint8Array> {
  try {
    checkFileSize((await stat(path)).size, 'file')
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof StudioError) throw cause
    const code = codeOf(cause)
    const [message, remedy] =
      code === 'ENOENT'
        ? ['The file is not there any more', 'Put it back, or take it off the list.']
        : code === 'EISDIR'
          ? ['This is a folder, not a picture', 'Rename it, or take it off the list.']
          : ['The file cannot be read', 'Allow the studio to read it.']
    throw new StudioError('INVALID_INPUT', message, { field: 'file', remedy, detail: String(cause) }, { cause })
  }
}
