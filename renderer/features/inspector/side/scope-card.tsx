import { plural } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useOpened } from '../context'
import { CardHead, Facts } from './facts'
import { costFacts } from './cost-facts'
import { WorkBars } from './work-bars'

/** A scope: what all of its nodes cost together, and which of them cost most. */
export function ScopeCard({ scope }: { readonly scope: number }) {
  const opened = useOpened()
  const { counts } = opened
  const { name, path } = opened.inspection.scopes[scope]!
  const unknown = counts?.scopes.unknown[scope] ?? 0
  return (
    <>
      <Section>
        <CardHead
          title={name}
          tag={plural(counts?.scopes.nodeCounts[scope] ?? 0, 'node')}
          detail={path === name ? '' : path}
        />
        <Facts
          facts={[
            ...costFacts(opened, {
              parameters: counts?.scopes.parameters[scope] ?? 0,
              storedBytes: counts?.scopes.storedBytes[scope] ?? 0,
              macs: counts?.scopes.macs[scope] ?? null,
              macsAtLeast: counts?.scopes.macsAtLeast[scope] ?? null,
              time: opened.costs.scopes.time[scope] ?? null,
            }),
            ...(unknown > 0 ? [['Not counted', plural(unknown, 'node')] as const] : []),
          ]}
        />
      </Section>
      <WorkBars scope={scope} />
    </>
  )
}
