import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import styles from './button.module.css'
import { cx } from './cx'
import { Kbd } from './kbd'
import { Tip } from './tooltip'

type Variant = 'default' | 'primary' | 'ghost' | 'danger' | 'over'
type Size = 'sm' | 'md' | 'lg'

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  readonly variant?: Variant
  readonly size?: Size
  /** Shown on the button itself. */
  readonly keys?: string
  readonly isOn?: boolean
  readonly className?: string | undefined
  readonly children?: ReactNode
}

export function Button({ variant = 'default', size = 'md', keys, isOn, className, children, ...props }: ButtonProps) {
  return (
    <AriaButton
      {...props}
      data-variant={variant}
      className={cx(styles.btn, styles[variant], styles[size], isOn && styles.on, className)}
    >
      {children}
      {keys === undefined ? null : <Kbd keys={keys} />}
    </AriaButton>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'aria-label' | 'children' | 'keys'> {
  /** The accessible name, and the tooltip. */
  readonly label: string
  /** Shown in the tooltip. */
  readonly keys?: string
  readonly children: ReactNode
}

export function IconButton({ label, keys, variant = 'ghost', size = 'sm', className, ...props }: IconButtonProps) {
  return (
    <Tip content={label} keys={keys}>
      <Button {...props} variant={variant} size={size} aria-label={label} className={cx(styles.icon, className)} />
    </Tip>
  )
}
