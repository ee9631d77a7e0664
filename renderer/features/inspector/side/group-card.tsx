import { formatBytes, groupDigits, plural } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useOpened } from '../context'
import { formatShare } from '../model/figures'
import { CardHead, Facts } from './facts'

/** Weights whose names begin alike, in a file without a graph. */
export function GroupCard({ group }: { readonly group: number }) {
  const { inspection, graph } = useOpened()
  const { name, path, parameters, bytes, weights, groups } = graph.groups[group]!
  return (
    <Section>
      <CardHead title={name} tag={plural(weights.length + groups.length, 'part')} detail={path === name ? '' : path} />
      <Facts
        facts={[
          [
            'Parameters',
            `${groupDigits(parameters)}, ${formatShare(parameters / Math.max(1, inspection.parameters))} of all`,
          ],
          ['Stored', `${formatBytes(bytes)} of ${formatBytes(inspection.weightBytes)}`],
        ]}
      />
    </Section>
  )
}
