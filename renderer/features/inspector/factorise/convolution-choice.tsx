import { useContext, useMemo } from 'react'
import { useStore } from 'zustand'
import { Section } from '../../../ui/section'
import { Select } from '../../../ui/select'
import { OpenedContext, useInspector } from '../context'
import { loadConvolution } from './load-convolution'
import { formatMacs, formatShape, needsDims } from '../model/figures'
import { nodeLabel } from '../model/model-graph'

const most = 60

/** The convolutions of the model that is open, the dearest first. */
export function ConvolutionChoice() {
  const feature = useInspector()
  const opened = useContext(OpenedContext)
  const from = useStore(feature.factorise, (state) => state.from)
  const options = useMemo(() => {
    if (opened === null) return []
    const { inspection, graph, costs } = opened
    return graph.top
      .filter((node) => inspection.nodes[node]?.op === 'Conv')
      .toSorted((a, b) => (costs.nodes.macs[b] ?? 0) - (costs.nodes.macs[a] ?? 0))
      .slice(0, most)
      .map((node) => {
        const about = inspection.nodes[node]!
        const weight = inspection.tensors[about.inputs[1] ?? -1]
        const macs = costs.nodes.macs[node] ?? null
        return {
          key: String(node),
          label: nodeLabel(about),
          detail: `${formatShape(weight?.shape ?? null)}, ${macs === null ? needsDims : formatMacs(macs)}`,
        }
      })
  }, [opened])
  if (options.length === 0) return null
  return (
    <Section title="Of this model" note={`${options.length} convolutions`}>
      <Select
        label="Convolution of this model"
        placeholder="Choose a convolution"
        value={from === null ? null : String(from.node)}
        options={options}
        onChange={(key) => void loadConvolution(feature, Number(key))}
      />
    </Section>
  )
}
