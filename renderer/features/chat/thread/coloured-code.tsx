import { useEffect, useState } from 'react'
import type { CodePiece } from './code-colours'

interface Coloured {
  readonly code: string
  readonly lines: readonly (readonly CodePiece[])[]
}

/** Code in one colour while it is being written; once it stands still, its words are told apart in idle time. */
export function ColouredCode({ code, language }: { readonly code: string; readonly language: string }) {
  const [coloured, setColoured] = useState<Coloured | null>(null)
  useEffect(() => {
    if (language === '') return
    let isCurrent = true
    const cancel = whenIdle(() => {
      void coloursOf(code, language).then((lines) => {
        if (isCurrent && lines !== null) setColoured({ code, lines })
      })
    })
    return () => {
      isCurrent = false
      cancel()
    }
  }, [code, language])
  if (coloured?.code !== code) return <code>{code}</code>
  return (
    <code>
      {coloured.lines.map((pieces, line) => (
        <span key={line}>
          {line === 0 ? '' : '\n'}
          {pieces.map(({ text, colour }, index) => (
            <span key={index} style={{ color: colour }}>
              {text}
            </span>
          ))}
        </span>
      ))}
    </code>
  )
}

/** Colours are an extra: where their parts cannot be loaded, the code stays as it is. */
async function coloursOf(code: string, language: string): Promise<Coloured['lines'] | null> {
  try {
    const { colouredCode } = await import('./code-colours')
    return await colouredCode(code, language)
  } catch {
    return null
  }
}

/** How long code must stand still before its words are told apart, in milliseconds. */
const stillness = 150

function whenIdle(run: () => void): () => void {
  let idle = 0
  const timer = setTimeout(() => {
    idle = requestIdleCallback(run, { timeout: 1000 })
  }, stillness)
  return () => {
    clearTimeout(timer)
    if (idle !== 0) cancelIdleCallback(idle)
  }
}
