// Files in one file, as a ZIP archive: written without compression (pictures are compressed already), read with and without.
// Format: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).

import { crc32, inflateRawSync } from 'node:zlib'
import { StudioError } from '../../contract/errors'

export interface ArchiveFile {
  /** With `/` between folders. */
  readonly name: string
  readonly bytes: Uint8Array
}

const localSignature = 0x04034b50
const centralSignature = 0x02014b50
const endSignature = 0x06054b50
/** Names are UTF-8. */
const utf8Flag = 0x0800
const version = 20
const endSize = 22
/** What a damaged or hostile archive may unpack to at most. */
const mostBytes = 2 ** 30

/** The first of January 1980: the earliest time that the format knows, so that the same files give the same archive. */
const dosDate = 0x0021

export function writeZip(files: readonly ArchiveFile[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes } of files) {
    const nameBytes = Buffer.from(name, 'utf8')
    const sum = crc32(bytes)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(localSignature, 0)
    writeFacts(local, 4, sum, bytes.length, nameBytes.length)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(centralSignature, 0)
    central.writeUInt16LE(version, 4)
    writeFacts(central, 6, sum, bytes.length, nameBytes.length)
    central.writeUInt32LE(offset, 42)
    parts.push(local, nameBytes, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    directory.push(central, nameBytes)
    offset += local.length + nameBytes.length + bytes.length
  }
  const end = Buffer.alloc(endSize)
  end.writeUInt32LE(endSignature, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]))
}

/** The fields that both headers have, in this order: version, flags, method, time, date, sum, two sizes, length of the name. */
function writeFacts(header: Buffer, at: number, sum: number, size: number, nameLength: number): void {
  header.writeUInt16LE(version, at)
  header.writeUInt16LE(utf8Flag, at + 2)
  header.writeUInt16LE(dosDate, at + 8)
  header.writeUInt32LE(sum, at + 10)
  header.writeUInt32LE(size, at + 14)
  header.writeUInt32LE(size, at + 18)
  header.writeUInt16LE(nameLength, at + 22)
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= endSize && Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0) === localSignature
}

/** Reads an archive. Names are not taken as paths: nothing is written anywhere. @throws StudioError INVALID_INPUT where it is damaged */
export function readZip(archive: Uint8Array): ArchiveFile[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.length)
  try {
    return readEntries(bytes)
  } catch (cause) {
    throw new StudioError(
      'INVALID_INPUT',
      'The archive is damaged',
      { field: 'file', remedy: 'Export it once more, or copy the file again.', detail: String(cause) },
      { cause },
    )
  }
}

function readEntries(bytes: Buffer): ArchiveFile[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0) throw new Error('it has no directory')
  const count = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  let total = 0
  const files: ArchiveFile[] = []
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== centralSignature) throw new Error('its directory is damaged')
    const method = bytes.readUInt16LE(at + 10)
    const sum = bytes.readUInt32LE(at + 16)
    const packed = bytes.readUInt32LE(at + 20)
    const size = bytes.readUInt32LE(at + 24)
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ]
    const local = bytes.readUInt32LE(at + 42)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    at += 46 + nameLength + extraLength + commentLength
    total += size
    if (total > mostBytes) throw new Error('it unpacks to more than 1 GB')
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const content = unpacked(bytes.subarray(start, start + packed), method, size)
    if (content.length !== size || crc32(content) !== sum) throw new Error(`${name} does not match its sum`)
    if (!name.endsWith('/')) files.push({ name, bytes: new Uint8Array(content) })
  }
  return files
}

function unpacked(packed: Buffer, method: number, size: number): Buffer {
  if (method === 0) return packed
  if (method === 8) return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  throw new Error(`it is packed by method ${method}, which is not read`)
}
