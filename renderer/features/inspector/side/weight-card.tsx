import { useEffect } from 'react'
import { Button } from '../../../ui/button'
import { Section } from '../../../ui/section'
import { useInspector, useOpened } from '../context'
import { lookAtWeight } from '../details'
import { formatShape } from '../model/figures'
import { nodeLabel } from '../model/model-graph'
import { select } from '../view-store'
import { CardHead } from './facts'
import { WeightValues } from './weight-values'

/** A weight by itself. */
export function WeightCard({ weight }: { readonly weight: number }) {
  const feature = useInspector()
  const { inspection } = useOpened()
  const { tensor, shape, node } = inspection.weights[weight]!
  const name = inspection.tensors[tensor]?.name ?? ''
  useEffect(() => {
    void lookAtWeight(feature, weight)
  }, [feature, weight])
  return (
    <>
      <Section>
        <CardHead title={name.split(/[/.]/).slice(-2).join('.')} tag={formatShape(shape)} detail={name} />
        {node === null ? null : (
          <Button size="sm" onPress={() => select(feature.view, { kind: 'node', index: node })}>
            Used by {nodeLabel(inspection.nodes[node]!)}
          </Button>
        )}
      </Section>
      <WeightValues weight={weight} title="Values" />
    </>
  )
}
