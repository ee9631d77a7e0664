import type { NodeDetail } from '../../../../contract/inspection'
import { Section } from '../../../ui/section'
import { Facts } from './facts'

export function AttributesSection({ attributes }: { readonly attributes: NodeDetail['attributes'] }) {
  if (attributes.length === 0) return null
  return (
    <Section title="Attributes">
      <Facts
        facts={attributes.map(({ name, value, type }) => [
          name,
          <span key={name} title={type}>
            {value}
          </span>,
        ])}
      />
    </Section>
  )
}
