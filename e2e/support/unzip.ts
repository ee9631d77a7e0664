/** The texts in an archive whose files are stored as they are, by name, read from the front as a program that gets it piecemeal does. */
export function unzipped(archive: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  let at = 0
  while (archive.readUInt32LE(at) === 0x04034b50) {
    const method = archive.readUInt16LE(at + 8)
    if (method !== 0) throw new Error(`A file is compressed by method ${method}`)
    const [size, nameLength, extraLength] = [
      archive.readUInt32LE(at + 18),
      archive.readUInt16LE(at + 26),
      archive.readUInt16LE(at + 28),
    ]
    const name = archive.subarray(at + 30, at + 30 + nameLength).toString()
    const start = at + 30 + nameLength + extraLength
    files.set(name, archive.subarray(start, start + size).toString())
    at = start + size
  }
  return files
}
