import { Button } from 'react-aria-components'
import styles from './changed-dot.module.css'
import { Tip } from './tooltip'

interface ChangedDotProps {
  readonly name: string
  /** The value of the last picture, in words. Null where the field has not changed. */
  readonly was: string | null
  readonly onRevert: () => void
}

/** The mark of a field that differs from the last picture: it says what it was, and takes it back. */
export function ChangedDot({ name, was, onRevert }: ChangedDotProps) {
  if (was === null) return null
  return (
    <Tip content={`Was ${was} for the last picture. Click to take it back.`} placement="top">
      <Button
        className={styles.dot!}
        aria-label={`${name} was ${was} for the last picture; take it back`}
        onPress={onRevert}
      />
    </Tip>
  )
}
