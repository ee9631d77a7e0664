import styles from './thread-skeleton.module.css'

/** Where the messages will be, for the moment until they are read. */
export function ThreadSkeleton() {
  return (
    <div className={styles.skeleton} role="status" aria-label="Opening the conversation">
      <i className={styles.own} />
      <i />
      <i />
      <i className={styles.short} />
    </div>
  )
}
