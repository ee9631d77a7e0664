import { useStore } from 'zustand'
import { Section } from '../../../ui/section'
import { useInspector, useOpened } from '../context'
import { formatShare, formatTime } from '../model/figures'
import { Facts } from './facts'
import styles from './profile-section.module.css'
import { sizeWords, sameSizes } from './size-words'

const mostInserted = 6

/** What was measured, how, and what the runtime did besides the graph's own nodes. */
export function ProfileSection() {
  const { measure, sizes } = useInspector()
  const { inspection } = useOpened()
  const profile = useStore(measure, (state) => state.profile)
  const current = useStore(sizes, (state) => state.sizes)
  if (profile === null) return null
  const inserted = profile.inserted.toSorted((a, b) => b.median - a.median)
  const isOther = !sameSizes(profile.sizes, current)
  return (
    <Section
      title="Measured here"
      note={new Date(profile.measuredAt).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}
    >
      {isOther && inspection.dimensions.length > 0 ? (
        <p className={styles.other}>At other sizes: {sizeWords(profile.sizes)}. Measure again for these.</p>
      ) : null}
      <Facts
        facts={[
          ['One run', `${formatTime(profile.total.median)}, p95 ${formatTime(profile.total.p95)}`],
          [
            'In kernels',
            `${formatTime(profile.kernels)}, ${formatShare(profile.kernels / Math.max(1e-9, profile.total.median))} of it`,
          ],
          ['Of that in nodes', formatShare(profile.mapped)],
          ['Runs', `${profile.runs} after ${profile.warmUp} to warm up`],
          [
            'On',
            `${profile.provider.replace('ExecutionProvider', '')}, ${profile.threads === 1 ? '1 thread' : `${profile.threads || 'all'} threads`}`,
          ],
          ['Runtime', profile.runtime],
        ]}
      />
      {inserted.length === 0 ? null : (
        <>
          <h3 className={styles.inserted}>
            Runtime-inserted, {formatShare(inserted.reduce((sum, { share }) => sum + share, 0))} of the kernels
          </h3>
          <Facts
            facts={inserted.slice(0, mostInserted).map(({ name, op, median }) => [
              op,
              <span key={name} title={name}>
                {formatTime(median)}
              </span>,
            ])}
          />
          {inserted.length > mostInserted ? (
            <p className={styles.more}>and {inserted.length - mostInserted} more</p>
          ) : null}
        </>
      )}
    </Section>
  )
}
