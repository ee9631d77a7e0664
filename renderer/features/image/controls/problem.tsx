import { CircleAlert } from 'lucide-react'
import styles from './controls.module.css'

/** What is wrong with the field above, which it describes to a screen reader. */
export function Problem({ id, text }: { readonly id?: string; readonly text: string | null }) {
  if (text === null) return null
  return (
    <p className={styles.problem} {...(id === undefined ? {} : { id })}>
      <CircleAlert size={12} strokeWidth={2} aria-hidden />
      {text}
    </p>
  )
}
