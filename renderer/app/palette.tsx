import { Search } from 'lucide-react'
import { useMemo } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  Text,
} from 'react-aria-components'
import { useStore } from 'zustand'
import { cx } from '../ui/cx'
import { Kbd } from '../ui/kbd'
import shared from '../ui/shared.module.css'
import type { AppStore } from './app-store'
import type { Command } from './commands'
import styles from './palette.module.css'

interface PaletteProps {
  readonly app: AppStore
  readonly commands: readonly Command[]
}

/** Every action by name, with its key, and the reason where it cannot run. */
export function Palette({ app, commands }: PaletteProps) {
  const isOpen = useStore(app, (state) => state.isPaletteOpen)
  const close = () => app.setState({ isPaletteOpen: false })
  return (
    <ModalOverlay
      className={styles.overlay!}
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) close()
      }}
    >
      <Modal className={cx(shared.float, styles.modal)}>
        <Dialog aria-label="Search actions" className={styles.dialog!}>
          <PaletteList commands={commands} onDone={close} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function PaletteList({ commands, onDone }: { readonly commands: readonly Command[]; readonly onDone: () => void }) {
  const groups = useMemo(() => {
    const names = [...new Set(commands.map(({ group }) => group))]
    return names.map((name) => ({
      name,
      commands: commands.filter((one) => one.group === name && one.id !== 'app.palette'),
    }))
  }, [commands])
  return (
    <Autocomplete filter={matches}>
      <SearchField aria-label="Search actions" autoFocus className={styles.search!}>
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <Input placeholder="Search actions" className={cx(shared.bare, styles.input)} />
      </SearchField>
      <Menu
        className={styles.list!}
        aria-label="Actions"
        renderEmptyState={() => <p className={styles.empty}>No such action.</p>}
      >
        {groups.map((group) => (
          <MenuSection key={group.name} id={group.name}>
            <Header className={styles.head}>{group.name}</Header>
            {group.commands.map((command) => {
              const reason = command.disabledReason?.() ?? null
              return (
                <MenuItem
                  key={command.id}
                  id={command.id}
                  textValue={command.title}
                  isDisabled={reason !== null}
                  className={styles.item!}
                  onAction={() => {
                    onDone()
                    command.run()
                  }}
                >
                  <Text slot="label" className={styles.title}>
                    {command.title}
                  </Text>
                  {reason === null ? null : (
                    <Text slot="description" className={styles.reason}>
                      {reason}
                    </Text>
                  )}
                  {command.keys === undefined ? null : <Kbd keys={command.keys} />}
                </MenuItem>
              )
            })}
          </MenuSection>
        ))}
      </Menu>
    </Autocomplete>
  )
}

/** Each word that was typed must be in the title, in any order. */
export function matches(text: string, typed: string): boolean {
  const title = text.toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => title.includes(word))
}
