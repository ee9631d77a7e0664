import { ChevronDown, Image as ImageIcon } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ImageRecord } from '../../../../../contract/images'
import { Button } from '../../../../ui/button'
import { chooseFiles } from '../../../../ui/choose-files'
import { shortTitle } from '../../../../ui/format'
import { Popover } from '../../../../ui/popover'
import { usePrecision } from '../../context'
import { pictureTypes } from '../pictures/chosen-pictures'
import { askedWords, takeAsked, type AskedPicture } from './asked-picture'
import styles from './asked-picture.module.css'

/** The picture that every precision is asked about. */
export function AskedPictureField() {
  const { form } = usePrecision()
  const asked = useStore(form, (state) => state.asked)
  return (
    <Popover
      label="Picture"
      placement="bottom start"
      trigger={
        <Button className={styles.trigger}>
          <ImageIcon size={14} strokeWidth={1.75} aria-hidden />
          <span className={styles.name}>{askedWords(asked)}</span>
          <ChevronDown size={12} aria-hidden />
        </Button>
      }
    >
      {(close) => (
        <div className={styles.list}>
          <Source close={close} />
          <Gallery close={close} />
        </div>
      )}
    </Popover>
  )
}

interface ClosingProps {
  readonly close: () => void
}

function Source({ close }: ClosingProps) {
  const feature = usePrecision()
  const asked = useStore(feature.form, (state) => state.asked)

  function take(next: AskedPicture): void {
    feature.form.setState({ asked: next })
    close()
  }

  async function choose(): Promise<void> {
    const files = await chooseFiles({ accept: pictureTypes })
    if (files.length === 0) return
    close()
    await takeAsked(feature, files)
  }

  return (
    <>
      <p className={styles.about}>What the question is about: the same picture for every precision.</p>
      <div className={styles.actions}>
        <Button size="sm" onPress={() => void choose()}>
          Choose a picture
        </Button>
        {asked.kind === 'sample' ? null : (
          <Button size="sm" onPress={() => take({ kind: 'sample' })}>
            Example picture
          </Button>
        )}
        {asked.kind === 'none' ? null : (
          <Button size="sm" onPress={() => take({ kind: 'none' })}>
            No picture
          </Button>
        )}
      </div>
    </>
  )
}

const mostOfGallery = 10

/** The newest pictures of the gallery; nothing where it is empty. */
function Gallery({ close }: ClosingProps) {
  const { studio, form } = usePrecision()
  const [images, setImages] = useState<readonly ImageRecord[]>([])
  useEffect(() => {
    let isWanted = true
    studio.client.images
      .list({ limit: mostOfGallery })
      .then((page) => {
        if (isWanted) setImages(page.images)
      })
      .catch((error: unknown) => studio.report('Reading the gallery', error))
    return () => {
      isWanted = false
    }
  }, [studio])
  if (images.length === 0) return null
  return (
    <section className={styles.gallery} aria-label="From the gallery">
      <h4>From the gallery</h4>
      <ul>
        {images.map(({ id, assetId, thumbnailId, settings }) => {
          const name = shortTitle(settings.prompt, 32)
          return (
            <li key={id}>
              <button
                type="button"
                aria-label={`Ask about ${name}`}
                onClick={() => {
                  form.setState({ asked: { kind: 'own', picture: { assetId, name } } })
                  close()
                }}
              >
                <img src={studio.assetUrl(thumbnailId)} alt="" draggable={false} />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
