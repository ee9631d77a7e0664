import type { PromptTokens } from '../../../../contract/images'
import { cx } from '../../../ui/cx'
import styles from './token-meters.module.css'

/** One meter for each text encoder: how much of what it can read the prompt takes up. */
export function TokenMeters({ tokens }: { readonly tokens: readonly PromptTokens[] }) {
  return (
    <div className={styles.meters}>
      {tokens.map(({ encoder, count, maxTokens }) => (
        <span key={encoder} className={cx(styles.meter, count > maxTokens && styles.over)}>
          <span className={styles.words}>
            <span>{encoder}</span>
            <span>
              <b>{count}</b>
              <span className={styles.most}> / {maxTokens}</span>
            </span>
          </span>
          <span
            className={styles.track}
            role="meter"
            aria-label={`${encoder} tokens`}
            aria-valuenow={Math.min(count, maxTokens)}
            aria-valuemax={maxTokens}
            aria-valuemin={0}
            aria-valuetext={`${count} of ${maxTokens}`}
          >
            <span className={styles.fill} style={{ width: `${Math.min(1, count / maxTokens) * 100}%` }} />
          </span>
        </span>
      ))}
    </div>
  )
}
