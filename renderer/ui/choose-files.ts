/** Asks for files with the browser's own dialog; none where people change their mind. Call it from a press or a key. */
export async function chooseFiles(options: {
  readonly accept?: readonly string[]
  readonly isMultiple?: boolean
  readonly isFolder?: boolean
}): Promise<readonly File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = options.isMultiple === true
  input.webkitdirectory = options.isFolder === true
  if (options.accept !== undefined) input.accept = options.accept.join(',')
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
