import type { Quantisation } from '../../../../contract/inspection'
import { Section } from '../../../ui/section'
import { useOpened } from '../context'
import { formatShape } from '../model/figures'
import { Facts } from './facts'
import styles from './quantisation-section.module.css'

/** How the tensors of a node stand for real numbers: scale, zero point, axis and blocks of each. */
export function QuantisationSection({ entries }: { readonly entries: readonly Quantisation[] }) {
  const { inspection } = useOpened()
  if (entries.length === 0) return null
  return (
    <Section title="Quantisation" note="scale × (code − zero point)">
      {entries.map((entry) => {
        const tensor = inspection.tensors[entry.tensor]
        return (
          <div key={`${entry.role} ${entry.tensor}`} className={styles.entry}>
            <h3 title={`${tensor?.name ?? ''} ${formatShape(tensor?.shape ?? null)}`}>
              {entry.role} <span>{codesOf(entry)}</span>
            </h3>
            <Facts
              facts={[
                ['Scale', entry.scale ?? 'applied by a later node'],
                ['Zero point', entry.zeroPoint],
                ...(entry.axis === null ? [] : [['A scale for each', `slice along axis ${entry.axis}`] as const]),
                ...(entry.blockSize === null ? [] : [['A scale for each', `block of ${entry.blockSize}`] as const]),
              ]}
            />
          </div>
        )
      })}
    </Section>
  )
}

function codesOf({ dtype, bits }: Quantisation): string {
  if (bits === null) return dtype ?? ''
  return dtype === null ? `${bits} bits` : `${bits} bits in ${dtype}`
}
