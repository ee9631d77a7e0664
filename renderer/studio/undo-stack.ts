export interface UndoEntry {
  readonly what: string
  undo(): void
}

export interface UndoStack {
  push(entry: UndoEntry): void
  /** Takes back the last thing, or this one where it is still there. Null where there is nothing to take back. */
  undo(entry?: UndoEntry): UndoEntry | null
}

const most = 50

/** What Ctrl+Z takes back outside of text fields, and what a toast's Undo takes back: each thing once. */
export function createUndoStack(): UndoStack {
  const entries: UndoEntry[] = []
  return {
    push(entry) {
      entries.push(entry)
      if (entries.length > most) entries.shift()
    },
    undo(entry = entries.at(-1)) {
      const index = entry === undefined ? -1 : entries.lastIndexOf(entry)
      if (entry === undefined || index < 0) return null
      entries.splice(index, 1)
      entry.undo()
      return entry
    },
  }
}
