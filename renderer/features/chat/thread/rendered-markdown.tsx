import { isValidElement, memo, type ElementType, type ReactNode } from 'react'
import { defaultRehypePlugins, Streamdown, type Components } from 'streamdown'
import { showToast } from '../../../ui/toaster'
import { CodeBlock } from './code-block'
import styles from './markdown.module.css'

interface RenderedMarkdownProps {
  readonly text: string
  readonly isWriting: boolean
}

/**
 * Markdown in blocks of which only the last one is parsed anew while words come in. It is sanitised, HTML in it stays text,
 * and nothing it names is ever loaded: a model's words must not reach for the network.
 */
export const RenderedMarkdown = memo(function RenderedMarkdown({ text, isWriting }: RenderedMarkdownProps) {
  return (
    <Streamdown
      className={styles.markdown!}
      components={components}
      rehypePlugins={rehypePlugins}
      controls={false}
      linkSafety={noModal}
      parseIncompleteMarkdown={isWriting}
      isAnimating={isWriting}
    >
      {text}
    </Streamdown>
  )
})

const noModal = { enabled: false }
const rehypePlugins = [defaultRehypePlugins['sanitize']!]

/** A plain element: the library's own look is for another design. */
function plain(Tag: ElementType) {
  return function Plain(props: { readonly children?: ReactNode; readonly node?: unknown }) {
    return <Tag>{props.children}</Tag>
  }
}

/** Headings of an answer stand below those of the page. */
const components: Components = {
  p: plain('p'),
  strong: plain('strong'),
  em: plain('em'),
  ul: plain('ul'),
  ol: ({ children, start }) => <ol start={start}>{children}</ol>,
  li: plain('li'),
  blockquote: plain('blockquote'),
  hr: plain('hr'),
  h1: plain('h3'),
  h2: plain('h4'),
  h3: plain('h5'),
  h4: plain('h6'),
  h5: plain('h6'),
  h6: plain('h6'),
  thead: plain('thead'),
  tbody: plain('tbody'),
  tr: plain('tr'),
  th: plain('th'),
  td: plain('td'),
  sub: plain('sub'),
  sup: plain('sup'),
  section: plain('section'),
  inlineCode: plain('code'),
  pre: ({ children }) => <CodeBlock {...codeIn(children)} />,
  table: ({ children }) => (
    <div className={styles.table} role="region" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  img: ({ alt }) => <span className={styles.image}>[picture not loaded{alt ? `: ${alt}` : ''}]</span>,
  a: ({ href, children }) => (
    <button type="button" className={styles.link} title={href} onClick={() => void copyAddress(href)}>
      {children}
    </button>
  ),
}

/** What a fenced block holds: the one element of code inside. */
function codeIn(children: ReactNode): { className?: string | undefined; children?: ReactNode } {
  return isValidElement<{ className?: string; children?: ReactNode }>(children)
    ? { className: children.props.className, children: children.props.children }
    : { children }
}

/** An address is given to the reader rather than opened. */
async function copyAddress(href: string | undefined): Promise<void> {
  if (href === undefined || href === '') return
  await navigator.clipboard.writeText(href)
  showToast({ id: 'copied', tone: 'ok', text: 'Address copied', detail: href })
}
