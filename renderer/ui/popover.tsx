import type { ReactElement, ReactNode } from 'react'
import { Dialog, DialogTrigger, Popover as AriaPopover } from 'react-aria-components'
import { cx } from './cx'
import styles from './popover.module.css'
import shared from './shared.module.css'

interface PopoverProps {
  readonly label: string
  readonly trigger: ReactElement
  readonly placement?: 'bottom start' | 'bottom end' | 'top end' | 'top start' | 'right top'
  readonly children: (close: () => void) => ReactNode
}

export function Popover({ label, trigger, placement = 'bottom end', children }: PopoverProps) {
  return (
    <DialogTrigger>
      {trigger}
      <AriaPopover className={cx(shared.float, shared.pop, styles.pop)} placement={placement} offset={6}>
        <Dialog aria-label={label} className={styles.dialog!}>
          {({ close }) => children(close)}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  )
}
