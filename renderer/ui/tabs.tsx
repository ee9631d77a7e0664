import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components'
import styles from './tabs.module.css'

export interface TabItem<Key extends string> {
  readonly key: Key
  readonly label: string
  /** A figure, or what writes one that changes often: the tabs are then not made anew with it. */
  readonly count?: ReactNode
  readonly content: ReactNode
}

interface TabsProps<Key extends string> {
  readonly label: string
  readonly value: Key
  readonly items: readonly TabItem<Key>[]
  readonly onChange: (key: Key) => void
  /** Stands at the right end of the row of tabs. */
  readonly end?: ReactNode
}

export function Tabs<Key extends string>({ label, value, items, onChange, end }: TabsProps<Key>) {
  return (
    <AriaTabs className={styles.tabs!} selectedKey={value} onSelectionChange={(key) => onChange(key as Key)}>
      <div className={styles.bar}>
        <TabList aria-label={label} className={styles.list!}>
          {items.map((item) => (
            <Tab key={item.key} id={item.key} className={styles.tab!}>
              {item.label}
              {item.count ? <span className={styles.count}>{item.count}</span> : null}
            </Tab>
          ))}
        </TabList>
        {end}
      </div>
      {items.map((item) => (
        <TabPanel key={item.key} id={item.key} className={styles.panel!}>
          {item.content}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
