import { elementType } from '../runtime/onnx/element-types'
import { AttributeProto_AttributeType as Kind, type AttributeProto } from '../runtime/onnx/onnx_pb'

const longest = 400
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)
const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, longest + 1))

/** Floats as short as they can be written and still be the same float32. */
export function floatText(value: number): string {
  for (let digits = 1; digits <= 9; digits += 1) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text))
  }
  return String(value)
}

/** What an attribute is set to, in words and numbers. */
export function attributeText(attribute: AttributeProto): string {
  if (attribute.refAttrName !== '') return `the call's ${attribute.refAttrName}`
  switch (attribute.type) {
    case Kind.FLOAT:
      return floatText(attribute.f)
    case Kind.INT:
      return String(attribute.i)
    case Kind.STRING:
      return cut(utf8(attribute.s))
    case Kind.FLOATS:
      return cut(attribute.floats.slice(0, longest).map(floatText).join(', '))
    case Kind.INTS:
      return cut(attribute.ints.slice(0, longest).join(', '))
    case Kind.STRINGS:
      return cut(attribute.strings.slice(0, longest).map(utf8).join(', '))
    case Kind.TENSOR:
      return attribute.t === undefined
        ? 'a tensor'
        : `${elementType(attribute.t.dataType)?.name ?? 'unknown'} [${attribute.t.dims.join(', ')}]`
    case Kind.GRAPH:
      return `a graph of ${attribute.g?.node.length ?? 0} nodes`
    case Kind.GRAPHS:
      return `${attribute.graphs.length} graphs`
    default:
      return Kind[attribute.type]?.toLowerCase().replaceAll('_', ' ') ?? 'unknown'
  }
}

export function attributeType({ type }: AttributeProto): string {
  return (Kind[type] ?? 'unknown').toLowerCase().replaceAll('_', ' ')
}
