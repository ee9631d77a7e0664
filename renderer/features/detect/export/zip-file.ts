/** One file of an archive. */
export interface ZipEntry {
  readonly name: string
  readonly text: string
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

function checksum(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = table[(value ^ byte) & 255]! ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

const utf8Names = 0x800
/** 1 January 1980, the earliest that the format knows: what is exported twice is the same twice. */
const noDate = 0x21

/** Texts in one ZIP archive, stored as they are. Source: PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16. */
export function zipFile(entries: readonly ZipEntry[]): Blob {
  const encoder = new TextEncoder()
  const parts: Uint8Array<ArrayBuffer>[] = []
  const directory: Uint8Array<ArrayBuffer>[] = []
  let offset = 0
  for (const entry of entries) {
    const name = encoder.encode(entry.name)
    const bytes = encoder.encode(entry.text)
    const facts = [20, utf8Names, 0, 0, noDate]
    const sizes = [checksum(bytes), bytes.length, bytes.length]
    const local = record(0x04034b50, facts, sizes, [name.length, 0])
    parts.push(local, name, bytes)
    directory.push(record(0x02014b50, [20, ...facts], sizes, [name.length, 0, 0, 0, 0], [0, offset]), name)
    offset += local.length + name.length + bytes.length
  }
  const directorySize = directory.reduce((sum, part) => sum + part.length, 0)
  const count = entries.length
  const end = record(0x06054b50, [0, 0, count, count], [directorySize, offset], [0])
  return new Blob([...parts, ...directory, end], { type: 'application/zip' })
}

/** A signature, then words of two and of four bytes in turn, the low byte first. */
function record(signature: number, ...groups: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const widths = [2, 4, 2, 4]
  const size = 4 + groups.reduce((sum, group, index) => sum + group.length * widths[index]!, 0)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, signature, true)
  let at = 4
  groups.forEach((group, index) => {
    for (const value of group) {
      if (widths[index] === 2) view.setUint16(at, value, true)
      else view.setUint32(at, value, true)
      at += widths[index]!
    }
  })
  return bytes
}
