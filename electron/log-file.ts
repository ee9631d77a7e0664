import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'

const largestFile = 2 * 1024 * 1024
const keptFiles = 3

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/** A log that is written line by line and starts a new file before it grows too large, keeping the last few. */
export class LogFile {
  readonly #path: string
  readonly #largest: number
  #size: number

  constructor(path: string, largest = largestFile) {
    this.#path = path
    this.#largest = largest
    mkdirSync(dirname(path), { recursive: true })
    this.#size = sizeOf(path)
  }

  /** @param source who says it, such as `engine` */
  write(source: string, text: string): void {
    const entry = `${new Date().toISOString()} [${source}] ${text}\n`
    if (this.#size + entry.length > this.#largest) this.#rotate()
    try {
      appendFileSync(this.#path, entry)
      this.#size += Buffer.byteLength(entry)
    } catch {
      // A full or read-only disk must not take the window down with it.
    }
  }

  /** Takes down what a process prints, whole lines at a time. */
  collect(source: string, stream: NodeJS.ReadableStream | null): void {
    if (stream === null) return
    // A chunk may end in the middle of a character or of a line.
    const decoder = new StringDecoder('utf8')
    let rest = ''
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') this.write(source, line.trimEnd())
    })
    stream.on('end', () => {
      rest += decoder.end()
      if (rest !== '') this.write(source, rest)
    })
  }

  #rotate(): void {
    try {
      rmSync(`${this.#path}.${keptFiles - 1}`, { force: true })
      for (let age = keptFiles - 2; age >= 0; age--) {
        const from = age === 0 ? this.#path : `${this.#path}.${age}`
        if (sizeOf(from) > 0) renameSync(from, `${this.#path}.${age + 1}`)
      }
    } catch {
      // Another program may hold a file open; the log then goes on in the old one.
    }
    this.#size = sizeOf(this.#path)
  }
}
