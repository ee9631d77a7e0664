import { StudioError } from '../../../contract/errors'

/** The size that `--size` was given. @throws StudioError INVALID_INPUT */
export function sizeOption(text: string | undefined): { width: number; height: number } | undefined {
  if (text === undefined) return undefined
  const match = /^(\d+)(?:[x×](\d+))?$/.exec(text.trim())
  if (match === null) {
    throw new StudioError('INVALID_INPUT', `--size needs a form like 128 or 128x192, not "${text}"`, { field: 'size' })
  }
  const width = Number(match[1])
  return { width, height: match[2] === undefined ? width : Number(match[2]) }
}
