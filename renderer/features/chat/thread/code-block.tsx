import { ClipboardCopy } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../../ui/button'
import { showToast } from '../../../ui/toaster'
import styles from './code-block.module.css'
import { ColouredCode } from './coloured-code'

/** Code in an answer, with its language and a way to copy it. */
export function CodeBlock({
  className,
  children,
}: {
  readonly className?: string | undefined
  readonly children?: ReactNode
}) {
  const language = /language-([\w+#-]+)/.exec(className ?? '')?.[1] ?? ''
  const code = textIn(children).replace(/\n$/, '')
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <span>{language === '' ? 'code' : language}</span>
        <Button size="sm" variant="ghost" onPress={() => void copy(code)}>
          <ClipboardCopy size={12} strokeWidth={2} aria-hidden />
          Copy
        </Button>
      </div>
      <pre className={styles.code} tabIndex={0} aria-label={`Code${language === '' ? '' : `, ${language}`}`}>
        <ColouredCode code={code} language={language} />
      </pre>
    </div>
  )
}

async function copy(code: string): Promise<void> {
  await navigator.clipboard.writeText(code)
  showToast({ id: 'copied', tone: 'ok', text: 'Code copied' })
}

function textIn(node: ReactNode): string {
  if (typeof node === 'string') return node
  if (Array.isArray(node)) return node.map(textIn).join('')
  return ''
}
