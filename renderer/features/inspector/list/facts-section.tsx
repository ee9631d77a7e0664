import { formatBytes, groupDigits, plural } from '../../../ui/format'
import { useOpened } from '../context'
import styles from './facts-section.module.css'

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
    ['Producer', header.producer === '' ? 'not said' : header.producer],
    [
      format === 'onnx' ? 'Weights, graph' : 'Weights, header',
      `${formatBytes(weightBytes)}, ${formatBytes(graphBytes)}`,
    ],
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
