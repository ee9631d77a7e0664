import { dirname, isAbsolute, join, win32 } from 'node:path'

/** Why a graph may not name this file for its weights; null where it may: they lie in the graph's folder or below it. */
export function externalFileProblem(location: string): string | null {
  if (location === '') return 'the graph gives no name for the file of its weights'
  if (location.includes('\0')) return 'the graph names a file of weights that no file can be called'
  if (isAbsolute(location) || win32.isAbsolute(location) || /^[a-z]:/i.test(location)) {
    return `the graph asks for weights at the absolute path ${location}`
  }
  if (location.split(/[\\/]/).includes('..')) return `the graph asks for weights outside its own folder: ${location}`
  return null
}

/** Where such a file lies beside its graph. */
export function externalFilePath(graph: string, location: string): string {
  return join(dirname(graph), location)
}
