import type { ReactNode } from 'react'
import { Switch as AriaSwitch } from 'react-aria-components'
import styles from './switch.module.css'

interface SwitchProps {
  readonly label: ReactNode
  /** A quiet fact between the label and the switch. */
  readonly detail?: ReactNode
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly isDisabled?: boolean
}

export function Switch({ label, detail, isOn, onChange, isDisabled = false }: SwitchProps) {
  return (
    <AriaSwitch className={styles.row!} isSelected={isOn} onChange={onChange} isDisabled={isDisabled}>
      <span className={styles.label}>{label}</span>
      {detail === undefined ? null : <span className={styles.detail}>{detail}</span>}
      <span className={styles.switch} aria-hidden />
    </AriaSwitch>
  )
}
