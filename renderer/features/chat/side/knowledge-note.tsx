import { formatBytes } from '../../../ui/format'
import type { ChatModel } from '../selectors'
import styles from './knowledge-note.module.css'

/** What a model can talk about, all of it behind a fold, and what to load for more. */
export function KnowledgeNote({ model }: { readonly model: ChatModel }) {
  const { knows, seesPictures } = model.chat
  return (
    <div className={styles.note}>
      <p>{knows?.sentence ?? model.description}</p>
      {knows === undefined || knows.subjects.length === 0 ? null : (
        <details>
          <summary>
            All {knows.subjects.length} subjects and {knows.kinds.length} kinds of requests
          </summary>
          <p>{knows.kinds.join(' · ')}</p>
          <p>{knows.subjects.join(', ')}</p>
        </details>
      )}
      {knows === undefined && seesPictures ? null : (
        <p className={styles.more}>
          {seesPictures
            ? 'For anything beyond that, export BAGEL-7B-MoT with training/export/bagel.py and add its folder in Settings.'
            : 'To talk about pictures and have them drawn, choose a model of the BAGEL family.'}
        </p>
      )}
      <p className={styles.facts}>
        {[formatBytes(model.bytes), model.precision, model.licence].filter(Boolean).join(' · ')}
      </p>
    </div>
  )
}
