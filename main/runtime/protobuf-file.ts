import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** One field of a protobuf message in a file. */
export interface Field {
  readonly number: number
  /** The value where the field is a number. */
  readonly value: number | null
  /** Where the content lies where the field is text, bytes or a message; empty for numbers. */
  readonly start: number
  readonly end: number
}

const windowBytes = 64 * 1024

/** Protobuf that ends too early or holds what cannot be read. */
export class ProtobufError extends Error {}

/**
 * Walks the messages of a protobuf file without reading what is skipped, so that a graph with gigabytes of embedded
 * weights is looked through in milliseconds.
 */
export class ProtobufFile {
  readonly size: number
  readonly #descriptor: number
  readonly #window = Buffer.alloc(windowBytes)
  #windowStart = 0
  #windowEnd = 0

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r')
    this.size = fstatSync(this.#descriptor).size
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** The fields of the message between two offsets, or of the whole file. @throws ProtobufError */
  *fields({ start, end } = { start: 0, end: this.size }): Generator<Field, void, void> {
    let at = start
    while (at < end) {
      const tag = this.#number(at, end)
      const number = Math.floor(tag.value / 8)
      const content = tag.next
      let field: Field
      switch (tag.value % 8) {
        case 0: {
          const { value, next } = this.#number(content, end)
          field = { number, value, start: next, end: next }
          break
        }
        case 1:
          field = { number, value: null, start: content, end: content + 8 }
          break
        case 2: {
          const length = this.#number(content, end)
          field = { number, value: null, start: length.next, end: length.next + length.value }
          break
        }
        case 5:
          field = { number, value: null, start: content, end: content + 4 }
          break
        default:
          throw new ProtobufError('it is not an ONNX graph')
      }
      if (field.end > this.size) {
        throw new ProtobufError(`it is cut off: ${this.size} of at least ${field.end} bytes are there`)
      }
      if (field.end > end || number === 0) throw new ProtobufError('it is not an ONNX graph')
      at = field.end
      yield field
    }
  }

  /** A field's content as text. */
  text(field: Field): string {
    return this.bytes(field).toString('utf8')
  }

  /** What lies between two offsets; less where the file ends before. */
  bytes({ start, end }: { readonly start: number; readonly end: number }): Buffer {
    const bytes = Buffer.alloc(end - start)
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, bytes.length, start))
  }

  /** Whether the file begins with this text. */
  startsWith(text: string): boolean {
    return this.text({ number: 0, value: null, start: 0, end: Math.min(text.length, this.size) }) === text
  }

  /** The whole numbers that a packed field holds one after another. */
  numbers({ start, end }: Field): number[] {
    const values: number[] = []
    for (let at = start; at < end;) {
      const { value, next } = this.#number(at, end)
      values.push(value)
      at = next
    }
    return values
  }

  /** A variable-length number. Those above 2^53 lose their low bits; none of a graph's offsets is that large. */
  #number(start: number, end: number): { value: number; next: number } {
    let value = 0
    let scale = 1
    for (let at = start; at < end && at < start + 10; scale *= 128) {
      const byte = this.#byte(at++)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return { value, next: at }
    }
    throw new ProtobufError(end === this.size ? `it is cut off after ${end} bytes` : 'it is not an ONNX graph')
  }

  #byte(at: number): number {
    if (at < this.#windowStart || at >= this.#windowEnd) {
      this.#windowStart = at
      this.#windowEnd = at + readSync(this.#descriptor, this.#window, 0, windowBytes, at)
    }
    const byte = this.#window[at - this.#windowStart]
    if (byte === undefined || at >= this.#windowEnd) throw new ProtobufError(`it is cut off after ${at} bytes`)
    return byte
  }
}
