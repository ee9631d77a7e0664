import { TriangleAlert } from 'lucide-react'
import { formatBytes, groupDigits } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useOpened } from '../context'
import { metricWords } from '../model/costs'
import { formatMacs, formatTime, needsDims } from '../model/figures'
import { CardHead, Facts, type Fact } from './facts'
import styles from './model-card.module.css'
import { ProfileSection } from './profile-section'
import { WorkBars } from './work-bars'

const mostOperators = 24

/** The whole model: its totals, what is missing, what it is made of and what its file says of itself. */
export function ModelCard() {
  const opened = useOpened()
  const { inspection, counts, costs } = opened
  const { header, precisions, operators, weightFiles, notes, scopes } = inspection
  const peak = counts?.peakActivation.bytes ?? null
  const isGraph = inspection.nodes.length > 0
  const totals: readonly Fact[] = [
    ['Parameters', groupDigits(inspection.parameters)],
    ['Stored', formatBytes(inspection.weightBytes)],
    ...(isGraph
      ? [
          ['Multiply-adds', costs.total.macs === null ? atLeast() : formatMacs(costs.total.macs)] as const,
          ['Peak activation', peak === null ? needsDims : formatBytes(peak)] as const,
          ['Weights and peak', peak === null ? needsDims : formatBytes(peak + inspection.weightBytes)] as const,
          ['One run', costs.total.time === null ? 'not measured' : formatTime(costs.total.time)] as const,
        ]
      : []),
  ]

  function atLeast(): string {
    const known = counts?.scopes.macsAtLeast[0] ?? 0
    return known > 0 ? `${needsDims}, at least ${metricWords('macs', known)}` : needsDims
  }

  return (
    <>
      <Section>
        <CardHead title="Whole model" tag={inspection.format} detail={inspection.path} />
        <Facts facts={totals} />
        {isGraph ? (
          <p className={styles.convention}>One multiply-add (MAC) is two FLOPs where others count those.</p>
        ) : null}
      </Section>
      <Warnings
        notes={notes}
        problems={weightFiles.flatMap((file) => (file.state === 'there' ? [] : [problemOf(file)]))}
      />
      {scopes.length > 0 && isGraph ? <WorkBars scope={0} /> : null}
      <ProfileSection />
      <Section title="Weights by element type">
        <Facts
          facts={precisions.map(({ dtype, parameters, bytes }) => [
            dtype,
            `${groupDigits(parameters)}, ${formatBytes(bytes)}`,
          ])}
        />
      </Section>
      {operators.length === 0 ? null : (
        <Section title="Operators" note={String(operators.length)}>
          <Facts
            facts={operators
              .toSorted((a, b) => b.nodes - a.nodes)
              .slice(0, mostOperators)
              .map(({ op, domain, nodes }) => [domain === '' ? op : `${domain}.${op}`, groupDigits(nodes)])}
          />
        </Section>
      )}
      {header.metadata.length === 0 && header.description === '' ? null : (
        <Section title="From the file">
          {header.description === '' ? null : <p className={styles.description}>{header.description}</p>}
          <Facts facts={header.metadata.map(({ key, value }) => [key, value])} />
        </Section>
      )}
    </>
  )
}

function problemOf({
  location,
  problem,
  needed,
}: {
  readonly location: string
  readonly problem: string | null
  readonly needed: number
}): string {
  return problem ?? `${location} (${formatBytes(needed)}) is not beside the graph: its weights are absent.`
}

function Warnings({ notes, problems }: { readonly notes: readonly string[]; readonly problems: readonly string[] }) {
  const all = [...new Set([...problems, ...notes])]
  if (all.length === 0) return null
  return (
    <Section>
      <ul className={styles.notes}>
        {all.map((note) => (
          <li key={note}>
            <TriangleAlert size={14} strokeWidth={1.75} aria-hidden />
            <span>{note}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
