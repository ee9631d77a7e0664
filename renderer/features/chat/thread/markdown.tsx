import { lazy, Suspense } from 'react'
import styles from './markdown.module.css'

const Rendered = lazy(() => import('./rendered-markdown').then((loaded) => ({ default: loaded.RenderedMarkdown })))

/** An answer's words. The parser comes with the first answer; until then they stand as they are. */
export function Markdown({ text, isWriting }: { readonly text: string; readonly isWriting: boolean }) {
  return (
    <Suspense fallback={<p className={styles.raw}>{text}</p>}>
      <Rendered text={text} isWriting={isWriting} />
    </Suspense>
  )
}
