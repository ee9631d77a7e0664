import { StudioError } from '../../../contract/errors'

/** The number that an option was given. @throws StudioError INVALID_INPUT naming the option */
export function numberOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new StudioError('INVALID_INPUT', `--${option} needs a number, not "${text}"`, { field: option })
  }
  return value
}
