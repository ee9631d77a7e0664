import { formatBytes, groupDigits, plural } from '../../../ui/format'
import { useOpened } from '../context'
import styles from './facts-section.module.css'

/** What the header's word for where a model comes from is a word for. */
const producerNames = { onnx: 'Producer', safetensors: 'Framework', gguf: 'Architecture' } as const

/** What the file says of itself, in a few lines. */
export function FactsSection() {
  const { inspection } = useOpened()
  const { header, format, graphBytes, weightBytes, nodes, operators, weights } = inspection
  const opset = header.opsets.find(({ domain }) => domain === '')
  const others = header.opsets.filter(({ domain }) => domain !== '')
  const facts: readonly (readonly [string, string])[] = [
    ...(format === 'onnx'
      ? [
          [
            'Opset',
            [opset?.version ?? 'none', ...others.map(({ domain, version }) => `${domain} ${version}`)].join(', '),
          ] as const,
        ]
      : [['Format', format] as const]),
    ...(format === 'onnx' || header.producer !== ''
      ? [[producerNames[format], header.producer === '' ? 'not said' : header.producer] as const]
      : []),
    ...(format === 'onnx'
      ? [['Weights, graph', `${formatBytes(weightBytes)}, ${formatBytes(graphBytes)}`] as const]
      : ([
          ['Weights', formatBytes(weightBytes)],
          ['Header', formatBytes(graphBytes)],
        ] as const)),
    nodes.length > 0
      ? ['Nodes', `${groupDigits(nodes.length)}, ${plural(operators.length, 'op')}`]
      : ['Tensors', groupDigits(weights.length)],
  ]
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
