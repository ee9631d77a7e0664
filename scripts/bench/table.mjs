// Numbers as the bench prints them.
import { cpus } from 'node:os'

export const threads = cpus().length

export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}

export const ms = (value, digits = 0) => `${value.toFixed(digits)} ms`

export function row(name, value, note = '') {
  console.log(`${name.padEnd(34)} ${value.padStart(14)}  ${note}`.trimEnd())
}

export function machine() {
  return `${cpus()[0].model.trim()}, ${threads} threads, Node ${process.version}`
}
