import { TriangleAlert, X } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { Attachment } from '../../../../contract/chat'
import { useStudio } from '../../../studio/context'
import { IconButton } from '../../../ui/button'
import { formatSize, sentences } from '../../../ui/format'
import { announce } from '../../../ui/live-region'
import { Spinner } from '../../../ui/spinner'
import { dropPending, moveAttachment, removeAttachment } from '../attach'
import { useChat } from '../context'
import { showPicture } from '../thread/picture-look'
import { sentWords } from '../thread/picture-tile'
import styles from './attachments.module.css'
import type { PendingPicture } from './composer-store'

/** Pictures of the turn, in the order in which the model will read them. */
export function Attachments() {
  const { composer } = useChat()
  const attachments = useStore(composer.store, (state) => state.draft.attachments)
  const pending = useStore(composer.store, (state) => state.pending)
  if (attachments.length === 0 && pending.length === 0) return null
  const isNumbered = attachments.length + pending.length > 1
  return (
    <ul className={styles.strip} aria-label="Attached pictures">
      {attachments.map((picture, index) => (
        <Attached key={`${picture.assetId}-${index}`} picture={picture} index={index} isNumbered={isNumbered} />
      ))}
      {pending.map((picture) => (
        <Pending key={picture.key} picture={picture} />
      ))}
    </ul>
  )
}

interface AttachedProps {
  readonly picture: Attachment
  readonly index: number
  readonly isNumbered: boolean
}

function Attached({ picture, index, isNumbered }: AttachedProps) {
  const feature = useChat()
  const { assetUrl } = useStudio()
  const sent = useStore(feature.estimates.store, (state) =>
    state.estimate?.pictures.find(({ assetId }) => assetId === picture.assetId),
  )
  const name = picture.name ?? `Picture ${index + 1}`
  const words = sent === undefined ? null : sentWords([sent.seen, sent.encoded])

  function onKeyDown(event: KeyboardEvent): void {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (event.key === 'Delete' || event.key === 'Backspace') removeAttachment(feature, index)
    else if (event.altKey && direction !== 0) {
      moveAttachment(feature, index, index + direction)
      announce(`${name} is picture ${index + 1 + direction} now`)
    } else return
    event.preventDefault()
  }

  return (
    <li className={styles.tile}>
      <button
        type="button"
        className={styles.open}
        aria-label={`${name}, ${formatSize(picture.width, picture.height)}. ${words ?? ''} Delete takes it away, Alt with an arrow moves it.`}
        onClick={() => showPicture({ assetId: picture.assetId, title: name })}
        onKeyDown={onKeyDown}
      >
        <img src={assetUrl(picture.thumbnailId)} alt="" />
        {isNumbered ? <b className={styles.number}>{index + 1}</b> : null}
      </button>
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span>{formatSize(picture.width, picture.height)}</span>
        {words === null ? null : <span>{words}</span>}
      </span>
      <IconButton label={`Take ${name} away`} onPress={() => removeAttachment(feature, index)}>
        <X size={12} strokeWidth={2} />
      </IconButton>
    </li>
  )
}

function Pending({ picture: { key, name, url, failure } }: { readonly picture: PendingPicture }) {
  const feature = useChat()
  return (
    <li className={styles.tile} data-failed={failure !== null || undefined}>
      <span className={styles.open}>
        {failure !== null ? (
          <TriangleAlert size={20} strokeWidth={1.6} aria-hidden />
        ) : url === null ? null : (
          <img src={url} alt="" />
        )}
      </span>
      <span className={styles.words} role={failure === null ? 'status' : 'alert'}>
        <span className={styles.name}>{name}</span>
        {failure === null ? (
          <span>
            <Spinner /> Reading
          </span>
        ) : (
          <span className={styles.reason}>{sentences(failure.message, failure.remedy)}</span>
        )}
      </span>
      <IconButton label={`Take ${name} away`} onPress={() => dropPending(feature, key)}>
        <X size={12} strokeWidth={2} />
      </IconButton>
    </li>
  )
}
