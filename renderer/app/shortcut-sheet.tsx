import { useState } from 'react'
import { useStore } from 'zustand'
import { Dialog } from '../ui/dialog'
import { Kbd } from '../ui/kbd'
import { SearchInput } from '../ui/text-input'
import type { AppStore } from './app-store'
import type { Command } from './commands'
import { matches } from './palette'
import styles from './shortcut-sheet.module.css'

interface Row {
  readonly keys: readonly string[]
  readonly title: string
}

/** Keys that act on what has the focus, so that they are not commands of the whole window. */
const focusedRows: readonly { readonly where: string; readonly rows: readonly Row[] }[] = [
  {
    where: 'On the stage and in the pictures',
    rows: [
      { keys: ['s'], title: 'Use its seed' },
      { keys: ['p'], title: 'Use its prompt' },
      { keys: ['a'], title: 'Use all its settings' },
      { keys: ['f'], title: 'Star' },
      { keys: ['c'], title: 'Compare' },
      { keys: ['m', 'x'], title: 'Next way to compare, swap' },
      { keys: ['Space'], title: 'Quick look' },
      { keys: ['Delete'], title: 'Delete' },
      { keys: ['$mod+c'], title: 'Copy the picture' },
    ],
  },
  {
    where: 'On the stage',
    rows: [
      { keys: ['Equal', 'Minus'], title: 'Zoom in, zoom out' },
      { keys: ['0', '1'], title: 'Fit, 100%' },
      { keys: ['ArrowLeft', 'ArrowRight'], title: 'Frame before, frame after' },
    ],
  },
  {
    where: 'In the prompt',
    rows: [{ keys: ['Alt+ArrowUp', 'Alt+ArrowDown'], title: 'Earlier prompts, and back' }],
  },
  {
    where: 'In the queue',
    rows: [{ keys: ['Alt+ArrowUp', 'Alt+ArrowDown'], title: 'Move a waiting job' }],
  },
  {
    where: 'In Chat',
    rows: [
      { keys: ['Enter', 'Shift+Enter'], title: 'Send, new line' },
      { keys: ['ArrowUp'], title: 'Edit my last message, from the empty field' },
      { keys: ['j', 'k'], title: 'Next message, message before' },
      { keys: ['F2', 'Delete'], title: 'Rename, delete, in the list' },
      { keys: ['Alt+ArrowLeft', 'Alt+ArrowRight'], title: 'Move an attached picture' },
    ],
  },
  {
    where: 'In Detect',
    rows: [
      { keys: ['h'], title: 'Hold to see the picture without boxes' },
      { keys: ['[', ']'], title: 'Lower, raise the score threshold' },
      { keys: ['ArrowLeft', 'ArrowRight'], title: 'Picture before, next picture' },
      { keys: ['ArrowUp', 'ArrowDown'], title: 'Box before, next box' },
      { keys: ['Equal', 'Minus', '0'], title: 'Zoom in, zoom out, fit the stage' },
      { keys: ['Space'], title: 'Hold to move the picture; play or pause a video' },
      { keys: ['Comma', 'Period'], title: 'Video: one frame back, one frame on' },
      { keys: ['Delete'], title: 'Take the picture off the list' },
    ],
  },
  {
    where: 'In the Inspector',
    rows: [
      { keys: ['ArrowUp', 'ArrowDown'], title: 'Part before, next part: in the tree, the table and the graph' },
      { keys: ['ArrowLeft', 'ArrowRight'], title: 'Fold, unfold in the tree; box beside in the graph' },
      { keys: ['Enter', 'Backspace'], title: 'Unfold or fold the box, fold what is around it, in the graph' },
      { keys: ['Equal', 'Minus', '0'], title: 'Zoom in, zoom out, show all of the graph' },
      { keys: ['t'], title: 'Light up every way through the box, in the graph' },
      { keys: ['p'], title: 'Pin the row, in the table' },
    ],
  },
  {
    where: 'Anywhere',
    rows: [
      { keys: ['Escape'], title: 'Stop the run, close what is open' },
      { keys: ['Escape', 'Escape'], title: 'Stop the run and cancel the jobs that wait' },
      { keys: ['$mod+z'], title: 'Undo, outside of text fields' },
      { keys: ['F6'], title: 'Next region of the window' },
      { keys: ['?'], title: 'This sheet' },
    ],
  },
]

export function ShortcutSheet({ app, commands }: { readonly app: AppStore; readonly commands: readonly Command[] }) {
  const isOpen = useStore(app, (state) => state.isShortcutsOpen)
  const [typed, setTyped] = useState('')
  const groups = [
    {
      where: 'Actions',
      rows: commands.flatMap(({ keys, title }) => (keys === undefined ? [] : [{ keys: [keys], title }])),
    },
    ...focusedRows,
  ]
    .map(({ where, rows }) => ({ where, rows: rows.filter(({ title }) => matches(title, typed)) }))
    .filter(({ rows }) => rows.length > 0)
  return (
    <Dialog
      title="Keyboard shortcuts"
      kind="wide"
      isOpen={isOpen}
      onClose={() => app.setState({ isShortcutsOpen: false })}
    >
      <SearchInput label="Search shortcuts" placeholder="Search shortcuts" value={typed} onChange={setTyped} />
      <div className={styles.columns}>
        {groups.map(({ where, rows }) => (
          <section key={where} className={styles.group}>
            <h3>{where}</h3>
            <dl>
              {rows.map(({ keys, title }) => (
                <div key={title} className={styles.row}>
                  <dt>{title}</dt>
                  <dd>
                    {keys.map((key, index) => (
                      <Kbd key={index} keys={key} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
