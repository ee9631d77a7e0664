import { Camera, ClipboardPaste, FileVideo, FolderOpen, History, ImagePlus } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button, IconButton } from '../../../ui/button'
import { formatSize, plural } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useDetect } from '../context'
import { canReadClipboard, pasteClipboard } from './paste'
import { pickFiles, pickFolder } from './pick'
import styles from './source-section.module.css'
import { toggleCamera } from './toggle-camera'

/** What is on the stage, and ways to bring in something else. */
export function SourceSection() {
  const feature = useDetect()
  const { stage, video, view, studio } = feature
  const picture = useStore(stage, (state) => state.picture)
  const looked = useStore(stage, (state) => state.looked)
  const film = useStore(video.store)
  const [width, height] =
    film.kind !== null
      ? [film.width, film.height]
      : [looked?.result.width ?? picture?.width, looked?.result.height ?? picture?.height]
  return (
    <Section
      title="Source"
      note={width && height ? formatSize(width, height) : undefined}
      end={
        <IconButton label="Earlier pictures and folders" onPress={() => view.setState({ isHistoryOpen: true })}>
          <History size={14} strokeWidth={1.75} />
        </IconButton>
      }
    >
      <Card />
      <div className={styles.buttons}>
        <Button size="sm" onPress={() => void pickFiles(feature)}>
          <ImagePlus size={12} strokeWidth={2} aria-hidden />
          File
        </Button>
        <Button size="sm" onPress={() => void pickFolder(feature)}>
          <FolderOpen size={12} strokeWidth={2} aria-hidden />
          Folder
        </Button>
        {canReadClipboard(studio) ? (
          <IconButton
            label="Paste a picture"
            keys="$mod+v"
            variant="default"
            onPress={() => void pasteClipboard(feature)}
          >
            <ClipboardPaste size={12} strokeWidth={2} />
          </IconButton>
        ) : null}
        <IconButton
          label={film.kind === 'camera' ? 'Switch the camera off' : 'Use the camera'}
          variant="default"
          isOn={film.kind === 'camera'}
          onPress={() => toggleCamera(feature)}
        >
          <Camera size={12} strokeWidth={2} />
        </IconButton>
      </div>
    </Section>
  )
}

function Card() {
  const feature = useDetect()
  const { assetUrl } = useStudio()
  const picture = useStore(feature.stage, (state) => state.picture)
  const film = useStore(feature.video.store)
  const where = useWhere()
  const name = film.kind !== null || film.isOpening ? film.name : picture?.name
  return (
    <div className={styles.card} data-empty={name === undefined || undefined}>
      {name === undefined ? (
        <span className={styles.detail}>Drop pictures, a video or a folder anywhere</span>
      ) : (
        <>
          {film.kind !== null || picture?.assetId == null ? (
            <span className={styles.thumb}>
              {film.kind === 'camera' ? (
                <Camera size={16} aria-hidden />
              ) : film.kind === 'film' ? (
                <FileVideo size={16} aria-hidden />
              ) : null}
            </span>
          ) : (
            <img className={styles.thumb} src={assetUrl(picture.assetId)} alt="" />
          )}
          <span className={styles.words}>
            <span className={styles.name} title={name}>
              {name.split(/[/\\]/).at(-1)}
            </span>
            <span className={styles.detail}>{where}</span>
          </span>
        </>
      )}
    </div>
  )
}

/** "3 of 24 in holiday", or what else it is. */
function useWhere(): string {
  const { list, stage, video } = useDetect()
  const run = useStore(list.store, (state) => state.run)
  const pictures = useStore(list.store, (state) => state.pictures)
  const id = useStore(stage, (state) => state.picture?.detectionId ?? null)
  const kind = useStore(video.store, (state) => state.kind)
  if (kind === 'camera') return 'live'
  if (kind === 'film') return 'video'
  const place = pictures.findIndex((one) => one !== undefined && one.id === id)
  if (run !== null && place >= 0) return `${place + 1} of ${plural(run.total, 'picture')}`
  return 'single picture'
}
