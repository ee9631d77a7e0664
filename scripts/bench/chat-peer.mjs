// The other side: training/bagel/bench_eager.py, one process a precision, which waits for its turn.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { createInterface } from 'node:readline'
import { threads } from './table.mjs'

export class ChatPeer {
  #child
  #lines
  #errors = ''

  constructor(python, checkout, checkpoint, precision) {
    const args = ['-m', 'training.bagel.bench_eager', checkout, checkpoint]
    const path = [process.env.ATELIER_BAGEL_PYTHON, process.env.PYTHONPATH, '.'].filter(Boolean).join(delimiter)
    this.#child = spawn(python, [...args, '--precision', precision, '--threads', String(threads)], {
      env: { ...process.env, PYTHONPATH: path },
      stdio: 'pipe',
    })
    this.#child.stderr.on('data', (text) => (this.#errors = (this.#errors + text).slice(-2000)))
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** One a precision; none where there is no PyTorch, no official code, or no such checkpoint. */
  static startAll(checkpoint) {
    const { ATELIER_PYTHON: python, ATELIER_BAGEL: checkout } = process.env
    if (python === undefined || checkout === undefined || !existsSync(checkpoint)) return []
    return ['float32', 'bfloat16'].map((precision) => new ChatPeer(python, checkout, checkpoint, precision))
  }

  async round(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`PyTorch did not run: ${this.#errors}`)
    return JSON.parse(value)
  }

  async close() {
    this.#child.stdin.end()
    if (this.#child.exitCode === null) await new Promise((resolve) => this.#child.once('exit', resolve))
  }
}
