// Files of weights alone, written for a test.

function unsigned(number: number, bytes: 4 | 8): Buffer {
  const buffer = Buffer.alloc(bytes)
  if (bytes === 4) buffer.writeUInt32LE(number)
  else buffer.writeBigUInt64LE(BigInt(number))
  return buffer
}

function text(words: string): Buffer {
  return Buffer.concat([unsigned(Buffer.byteLength(words), 8), Buffer.from(words)])
}

/** A value of GGUF's metadata: a text, a whole number, a float or whole numbers. */
export type GgufValue = string | number | { readonly f: number } | readonly number[]

function ggufValue(value: GgufValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([unsigned(8, 4), text(value)])
  if (typeof value === 'number') return Buffer.concat([unsigned(4, 4), unsigned(value, 4)])
  if ('f' in value) return Buffer.concat([unsigned(6, 4), Buffer.from(new Float32Array([value.f]).buffer)])
  return Buffer.concat([
    unsigned(9, 4),
    unsigned(4, 4),
    unsigned(value.length, 8),
    ...value.map((item) => unsigned(item, 4)),
  ])
}

export interface GgufTensor {
  readonly name: string
  /** As every other format has it: the slowest axis first. */
  readonly shape: readonly number[]
  /** Its number in ggml.h. */
  readonly type: number
  readonly content: Uint8Array
}

/** A GGUF file of version 3. */
export function ggufBytes(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const alignment = 32
  const padded = (bytes: number): number => Math.ceil(bytes / alignment) * alignment
  let offset = 0
  const listed = tensors.map(({ name, shape, type, content }) => {
    const entry = Buffer.concat([
      text(name),
      unsigned(shape.length, 4),
      ...shape.toReversed().map((size) => unsigned(size, 8)),
      unsigned(type, 4),
      unsigned(offset, 8),
    ])
    offset += padded(content.length)
    return entry
  })
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    unsigned(3, 4),
    unsigned(tensors.length, 8),
    unsigned(Object.keys(metadata).length, 8),
    ...Object.entries(metadata).flatMap(([key, value]) => [text(key), ggufValue(value)]),
    ...listed,
  ])
  const fill = (bytes: number): Buffer => Buffer.alloc(padded(bytes) - bytes)
  return Buffer.concat([
    header,
    fill(header.length),
    ...tensors.flatMap(({ content }) => [content, fill(content.length)]),
  ])
}

export interface SafetensorsEntry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly content: Uint8Array
}

export function safetensorsBytes(
  entries: Readonly<Record<string, SafetensorsEntry>>,
  metadata: Readonly<Record<string, string>> = {},
): Buffer {
  let at = 0
  const header: Record<string, unknown> = { __metadata__: metadata }
  for (const [name, { dtype, shape, content }] of Object.entries(entries)) {
    header[name] = { dtype, shape, data_offsets: [at, at + content.length] }
    at += content.length
  }
  const json = Buffer.from(JSON.stringify(header))
  return Buffer.concat([unsigned(json.length, 8), json, ...Object.values(entries).map(({ content }) => content)])
}
