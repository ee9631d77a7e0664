import type { NamedFile } from './take-files'

interface Dropped {
  readonly files: readonly NamedFile[]
  /** The folder's name where exactly one was dropped. */
  readonly folder: string | undefined
}

/** All files of a drop, those in dropped folders too, by name. Call it before the event is over: entries go with it. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null)
  const plain = [...transfer.files].map((file) => ({ file, name: file.name }))
  const folders = entries.filter((entry) => entry?.isDirectory === true)
  if (folders.length === 0) return { files: plain, folder: undefined }
  const found: NamedFile[] = []
  for (const entry of entries) if (entry !== null) await collect(entry, found)
  return { files: found, folder: folders.length === 1 ? folders[0]?.name : undefined }
}

async function collect(entry: FileSystemEntry, found: NamedFile[]): Promise<void> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    found.push({ file, name: entry.fullPath.replace(/^\//, '') })
  } else if (isFolder(entry)) {
    const reader = entry.createReader()
    // It answers with some at a time, and with none when it is through.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
      if (some.length === 0) break
      for (const one of [...some].sort((a, b) => (a.name < b.name ? -1 : 1))) await collect(one, found)
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
