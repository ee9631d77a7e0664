import { useRef, type ReactElement, type ReactNode } from 'react'
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator, Text } from 'react-aria-components'
import { cx } from './cx'
import { Kbd } from './kbd'
import styles from './menu.module.css'
import shared from './shared.module.css'

export interface MenuAction {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
  readonly keys?: string | undefined
  readonly isDangerous?: boolean
  /** Said under the label; the action then cannot be chosen. */
  readonly disabledReason?: string | undefined
  readonly startsGroup?: boolean
  readonly run: () => void
}

interface MenuProps {
  readonly label: string
  readonly actions: readonly MenuAction[]
  /** The button that opens it. */
  readonly children: ReactElement
  readonly placement?: 'bottom start' | 'bottom end' | 'top end' | 'top start'
}

export function Menu({ label, actions, children, placement = 'bottom end' }: MenuProps) {
  return (
    <MenuTrigger>
      {children}
      <Popover className={cx(shared.float, shared.pop, styles.pop)} placement={placement} offset={4}>
        <MenuList label={label} actions={actions} />
      </Popover>
    </MenuTrigger>
  )
}

interface ContextMenuProps {
  readonly label: string
  readonly actions: readonly MenuAction[]
  /** Where the pointer was, in window pixels. */
  readonly at: { readonly x: number; readonly y: number }
  readonly onClose: () => void
}

/** A menu that opens at the pointer, or at the focused tile for the keyboard's menu key. */
export function ContextMenu({ label, actions, at, onClose }: ContextMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null)
  return (
    <>
      <span ref={anchor} className={styles.anchor} style={{ left: at.x, top: at.y }} />
      <Popover
        className={cx(shared.float, shared.pop, styles.pop)}
        placement="bottom start"
        offset={2}
        triggerRef={anchor}
        isOpen
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose()
        }}
      >
        <MenuList label={label} actions={actions} onDone={onClose} />
      </Popover>
    </>
  )
}

interface MenuListProps {
  readonly label: string
  readonly actions: readonly MenuAction[]
  readonly onDone?: () => void
}

function MenuList({ label, actions, onDone }: MenuListProps) {
  return (
    <AriaMenu aria-label={label} className={shared.list!} autoFocus="first" {...(onDone ? { onClose: onDone } : {})}>
      {actions.flatMap((action) => [
        ...(action.startsGroup ? [<Separator key={`${action.id}-line`} className={styles.line!} />] : []),
        <MenuItem
          key={action.id}
          id={action.id}
          textValue={action.label}
          isDisabled={action.disabledReason !== undefined}
          className={cx(shared.option, styles.item, action.isDangerous && styles.danger)}
          onAction={action.run}
        >
          <span className={styles.icon}>{action.icon}</span>
          <span className={shared.words}>
            <Text slot="label">{action.label}</Text>
            {action.disabledReason === undefined ? null : (
              <Text slot="description" className={shared.detail}>
                {action.disabledReason}
              </Text>
            )}
          </span>
          {action.keys === undefined ? null : <Kbd keys={action.keys} />}
        </MenuItem>,
      ])}
    </AriaMenu>
  )
}
