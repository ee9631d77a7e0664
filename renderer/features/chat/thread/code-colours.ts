import {
  createCssVariablesTheme,
  createHighlighterCore,
  type HighlighterCore,
  type LanguageRegistration,
} from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'

/** A piece of a line of code, in the colour of its kind: a custom property's name in `var()`. */
export interface CodePiece {
  readonly text: string
  readonly colour: string | undefined
}

/** Languages that are told apart, each loaded when it is met first. Others stay in one colour. */
const languages: Readonly<Record<string, () => Promise<{ default: LanguageRegistration[] }>>> = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
}

/** Other names of them, as models write them behind the fence. */
const otherNames: Readonly<Record<string, string>> = {
  'c++': 'cpp',
  js: 'tsx',
  javascript: 'tsx',
  jsx: 'tsx',
  py: 'python',
  python3: 'python',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  ts: 'tsx',
  typescript: 'tsx',
  xml: 'html',
  yml: 'yaml',
}

/** Longer code keeps one colour, and so do longer lines: telling them apart would hold up the window. */
const mostCharacters = 50_000
const longestLine = 1000
const theme = createCssVariablesTheme({ name: 'studio', variablePrefix: '--code-' })

let highlighter: Promise<HighlighterCore> | null = null

/**
 * Code with its words told apart by colour, line by line.
 * @param language as written behind the fence
 * @returns null where the language is not known, or the code is too long
 */
export async function colouredCode(code: string, language: string): Promise<readonly (readonly CodePiece[])[] | null> {
  const written = language.toLowerCase()
  const name = otherNames[written] ?? written
  const load = languages[name]
  if (load === undefined || code.length > mostCharacters) return null
  highlighter ??= createHighlighterCore({ themes: [theme], langs: [], engine: createJavaScriptRegexEngine() })
  const known = await highlighter
  if (!known.getLoadedLanguages().includes(name)) await known.loadLanguage((await load()).default)
  const { tokens } = known.codeToTokens(code, {
    lang: name,
    theme: 'studio',
    tokenizeMaxLineLength: longestLine,
    // A language's first line takes long on a busy machine: with a limit of time its colours would come and go.
    tokenizeTimeLimit: 0,
  })
  return tokens.map((line) => line.map(({ content, color }) => ({ text: content, colour: color })))
}
