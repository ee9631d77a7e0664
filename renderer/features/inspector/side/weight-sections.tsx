import { useEffect, useState } from 'react'
import { useInspector, useOpened } from '../context'
import { lookAtWeight } from '../details'
import { formatShape } from '../model/figures'
import { Section } from '../../../ui/section'
import { Select } from '../../../ui/select'
import { WeightValues } from './weight-values'

/** The weights that a node reads, one of them looked into: the largest at first. */
export function WeightSections({ weights }: { readonly weights: readonly number[] }) {
  const feature = useInspector()
  const { inspection } = useOpened()
  const largest = weights.toSorted((a, b) => (inspection.weights[b]?.bytes ?? 0) - (inspection.weights[a]?.bytes ?? 0))
  const first = largest[0] ?? null
  const [chosen, setChosen] = useState(first)
  useEffect(() => {
    void lookAtWeight(feature, chosen)
  }, [feature, chosen])
  if (first === null || chosen === null) return null
  const nameOf = (weight: number) => inspection.tensors[inspection.weights[weight]?.tensor ?? -1]?.name ?? ''
  return (
    <>
      {largest.length > 1 ? (
        <Section title="Weights" note={`${largest.length}`}>
          <Select
            label="Weight"
            value={String(chosen)}
            options={largest.map((weight) => ({
              key: String(weight),
              label: nameOf(weight).split('/').at(-1) || nameOf(weight),
              detail: `${formatShape(inspection.weights[weight]?.shape ?? null)}, ${inspection.weights[weight]?.dtype ?? ''}`,
            }))}
            onChange={(key) => setChosen(Number(key))}
          />
        </Section>
      ) : null}
      <WeightValues weight={chosen} />
    </>
  )
}
