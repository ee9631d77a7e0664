import type { ReactElement } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'
import { Kbd } from './kbd'
import styles from './tooltip.module.css'

interface TipProps {
  readonly content: string
  readonly keys?: string | undefined
  readonly placement?: 'top' | 'bottom' | 'left' | 'right'
  /** A focusable component from react-aria. */
  readonly children: ReactElement
}

export function Tip({ content, keys, placement = 'bottom', children }: TipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={60}>
      {children}
      <Tooltip className={styles.tip!} offset={8} placement={placement}>
        {content}
        {keys === undefined ? null : <Kbd keys={keys} />}
      </Tooltip>
    </TooltipTrigger>
  )
}
