import type { Candidates } from '../../contract/detection'

// Raw boxes as text for a record: thousands of pictures have hundreds each, and as JSON they would take four times the room.
// Little-endian on every machine: number of boxes (uint32), corners (float32), scores (float32), classes (int32).

const bytesOfOne = 4 * 4 + 4 + 4

export function packCandidates({ boxes, scores, classIds }: Candidates): string {
  const count = scores.length
  const bytes = new DataView(new ArrayBuffer(4 + bytesOfOne * count))
  let at = 0
  const put = (write: (place: number) => void): void => {
    write(at)
    at += 4
  }
  put((place) => bytes.setUint32(place, count, true))
  for (const value of boxes) put((place) => bytes.setFloat32(place, value, true))
  for (const value of scores) put((place) => bytes.setFloat32(place, value, true))
  for (const value of classIds) put((place) => bytes.setInt32(place, value, true))
  return Buffer.from(bytes.buffer).toString('base64')
}

/** @throws RangeError where the text is cut off */
export function unpackCandidates(text: string): Candidates {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'base64')
  const bytes = new DataView(buffer, byteOffset, byteLength)
  let at = 4
  const read = <Value>(count: number, one: (place: number) => Value): Value[] =>
    Array.from({ length: count }, () => {
      at += 4
      return one(at - 4)
    })
  const count = bytes.getUint32(0, true)
  const boxes = read(4 * count, (place) => bytes.getFloat32(place, true))
  const scores = read(count, (place) => bytes.getFloat32(place, true))
  return { boxes, scores, classIds: read(count, (place) => bytes.getInt32(place, true)) }
}
