// Models of a few nodes, written for a test and opened like any other.
import { create, toBinary } from '@bufbuild/protobuf'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  TensorProto_DataType as Type,
  type TensorProtoSchema,
  type GraphProtoSchema,
  type NodeProtoSchema,
  type ValueInfoProtoSchema,
} from '../../runtime/onnx/onnx_pb'

/** What a message is made of, without the message itself. */
type Init<Message> = Exclude<Message, { $typeName: string }>

export type GraphInit = Init<MessageInitShape<typeof GraphProtoSchema>>
export type NodeInit = Init<MessageInitShape<typeof NodeProtoSchema>>
export type TensorInit = Init<MessageInitShape<typeof TensorProtoSchema>>
type AttributeInit = NonNullable<NodeInit['attribute']>[number]

/** An int, ints, a float, a text, floats or a graph. */
export type AttributeValue =
  number | readonly number[] | string | { readonly f: number } | { readonly graph: GraphInit }

export function attribute(name: string, value: AttributeValue): AttributeInit {
  if (typeof value === 'number') return { name, type: Kind.INT, i: BigInt(value) }
  if (typeof value === 'string') return { name, type: Kind.STRING, s: new TextEncoder().encode(value) }
  if ('graph' in value) return { name, type: Kind.GRAPH, g: value.graph }
  if ('f' in value) return { name, type: Kind.FLOAT, f: value.f }
  return { name, type: Kind.INTS, ints: value.map(BigInt) }
}

export function value(
  name: string,
  shape: readonly (number | string)[],
  elemType: Type = Type.FLOAT,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }))
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } }
}

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = '',
): NodeInit {
  return {
    opType: op,
    domain,
    name: outputs[0] ?? op,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, set]) => attribute(name, set)),
  }
}

/** A weight whose values are said to lie in a file that is not there: its shape is all that a count needs. */
export function absent(name: string, shape: readonly number[], dataType: Type = Type.FLOAT): TensorInit {
  return {
    name,
    dims: shape.map(BigInt),
    dataType,
    dataLocation: 1,
    externalData: [{ key: 'location', value: 'absent.data' }],
  }
}

export function ints(name: string, values: readonly number[]): TensorInit {
  return { name, dims: [BigInt(values.length)], dataType: Type.INT64, int64Data: values.map(BigInt) }
}

export function modelBytes(graph: GraphInit, rest: Init<MessageInitShape<typeof ModelProtoSchema>> = {}): Uint8Array {
  const opsetImport = [
    { domain: '', version: 17n },
    { domain: 'com.microsoft', version: 1n },
  ]
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 9n, opsetImport, ...rest, graph: { name: 'g', ...graph } }),
  )
}

/** A folder for one test file. */
export class SampleFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'atelier-inspect-'))

  save(name: string, bytes: Uint8Array): string {
    const path = join(this.path, name)
    writeFileSync(path, bytes)
    return path
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
