import { shapeAt } from '../../../../contract/inspection-counts'
import { Section } from '../../../ui/section'
import { useOpened } from '../context'
import { formatShape } from '../model/figures'
import { CardHead, Facts } from './facts'

/** An input or an output of the model. */
export function TensorCard({ tensor }: { readonly tensor: number }) {
  const { inspection, graph, counts } = useOpened()
  const { name, shape, dtype } = inspection.tensors[tensor]!
  const isInput = inspection.inputs.includes(tensor)
  return (
    <Section>
      <CardHead title={name} tag={isInput ? 'input' : 'output'} />
      <Facts
        facts={[
          ['As declared', formatShape(shape)],
          ['At these sizes', formatShape(shapeAt(counts, tensor))],
          ['Element type', counts?.dtypes[tensor] ?? dtype ?? 'unknown'],
          ['Read by', `${graph.consumers[tensor]?.length ?? 0} nodes`],
        ]}
      />
    </Section>
  )
}
