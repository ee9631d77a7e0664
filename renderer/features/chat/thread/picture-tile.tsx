import type { Attachment, SentAs } from '../../../../contract/chat'
import { useStudio } from '../../../studio/context'
import { formatSize, groupDigits } from '../../../ui/format'
import { showPicture } from './picture-look'
import styles from './picture-tile.module.css'

interface PictureTileProps {
  readonly picture: Attachment
  /** Its place among the pictures of the message; null where there is no other. */
  readonly number: number | null
  /** What the model got of it. */
  readonly sent: readonly (SentAs | null)[]
}

/** A picture that was sent, small, with what became of it on the way to the model. */
export function PictureTile({ picture, number, sent }: PictureTileProps) {
  const { assetUrl, host } = useStudio()
  const name = picture.name ?? (number === null ? 'Attached picture' : `Attached picture ${number}`)
  const words = sentWords(sent)
  return (
    <figure className={styles.tile}>
      <button
        type="button"
        className={styles.open}
        aria-label={`Look at ${name}, ${formatSize(picture.width, picture.height)}`}
        onClick={() => showPicture({ assetId: picture.assetId, title: name })}
      >
        <img
          src={assetUrl(picture.thumbnailId)}
          alt=""
          width={56}
          height={56}
          loading="lazy"
          onDragStart={(event) => host.dragImage(event.nativeEvent, picture.assetId, name)}
        />
        {number === null ? null : <b className={styles.number}>{number}</b>}
      </button>
      {words === null ? null : <figcaption className={styles.sent}>{words}</figcaption>}
    </figure>
  )
}

/** "sent as 980 × 644, 851 tokens"; both sizes where both encoders read it. Null where nothing has read it yet. */
export function sentWords(sent: readonly (SentAs | null)[]): string | null {
  const known = sent.filter((one): one is SentAs => one !== null)
  if (known.length === 0) return null
  const tokens = known.reduce((sum, one) => sum + one.tokens, 0)
  const sizes = [...new Set(known.map(({ width, height }) => formatSize(width, height)))]
  return `sent as ${sizes.join(' and ')}, ${groupDigits(tokens)} tokens`
}
