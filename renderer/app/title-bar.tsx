import { ListOrdered, Moon, PanelRight, Search, Sun, SunMoon } from 'lucide-react'
import { useStore } from 'zustand'
import { chatFeatureOf } from '../features/chat/feature'
import { detectFeatureOf } from '../features/detect/feature'
import type { ImageFeature } from '../features/image/feature'
import { inspectorFeatureOf } from '../features/inspector/feature'
import { openFileOf } from '../features/inspector/file-store'
import { useStudio } from '../studio/context'
import { sheetQuery } from '../studio/layout-store'
import { Button, IconButton } from '../ui/button'
import { shortTitle } from '../ui/format'
import { useMediaQuery } from '../ui/hooks'
import { Kbd } from '../ui/kbd'
import type { AppStore } from './app-store'
import type { Command } from './commands'
import styles from './title-bar.module.css'

interface TitleBarProps {
  readonly panel: string
  readonly image: ImageFeature
  readonly app: AppStore
  readonly commands: readonly Command[]
}

const themeIcons = { system: SunMoon, dark: Moon, light: Sun } as const
const themeNames = { system: 'as the system', dark: 'dark', light: 'light' } as const

export function TitleBar({ panel, image, app, commands }: TitleBarProps) {
  const studio = useStudio()
  const theme = useStore(studio.settings, (state) => state.settings?.theme ?? 'system')
  const waiting = useStore(
    studio.jobs,
    (state) => Object.values(state.jobs).filter(({ status }) => status === 'queued' || status === 'running').length,
  )
  const isQueueShown = useStore(studio.layout, (state) => state.isDetailsOpen && state.detailsTab === 'queue')
  const areDetailsShown = useStore(studio.layout, (state) => state.isDetailsOpen)
  const isNarrow = useMediaQuery(sheetQuery)
  const run = (id: string) => commands.find((command) => command.id === id)?.run()
  const ThemeIcon = themeIcons[theme]

  return (
    <header className={styles.bar}>
      <div className={styles.where}>
        <span className={styles.mark}>
          <svg width="20" height="20" viewBox="0 0 20 20" role="img" aria-label="Atelier">
            <path
              d="M3 17 10 3l7 14"
              fill="none"
              stroke="var(--text)"
              strokeWidth="2"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
            <circle cx="10" cy="13.2" r="2.6" fill="var(--accent)" />
          </svg>
        </span>
        <h1 className={styles.panel}>{panel}</h1>
        {panel === 'Image' ? <StageTitle image={image} /> : null}
        {panel === 'Chat' ? <ConversationTitle /> : null}
        {panel === 'Inspector' ? <FileTitle /> : null}
        {panel === 'Detect' ? <DetectTitle /> : null}
      </div>
      <button type="button" className={styles.search} onClick={() => app.setState({ isPaletteOpen: true })}>
        <Search size={14} strokeWidth={1.75} aria-hidden />
        Search actions
        <Kbd keys="$mod+k" />
      </button>
      <div className={styles.actions}>
        {panel === 'Image' ? (
          <>
            <Button
              size="sm"
              variant="ghost"
              keys="$mod+j"
              isOn={isQueueShown && !isNarrow}
              onPress={() => run('queue.toggle')}
            >
              <ListOrdered size={14} strokeWidth={1.75} aria-hidden />
              Queue{waiting > 0 ? ` ${waiting}` : ''}
            </Button>
            {isNarrow || !areDetailsShown ? (
              <IconButton label="Show the details" size="md" onPress={() => run('app.details')}>
                <PanelRight size={16} strokeWidth={1.75} />
              </IconButton>
            ) : null}
          </>
        ) : null}
        <IconButton label={`Theme: ${themeNames[theme]}`} size="md" onPress={() => run('app.theme')}>
          <ThemeIcon size={16} strokeWidth={1.75} />
        </IconButton>
      </div>
    </header>
  )
}

function FileTitle() {
  const { file } = inspectorFeatureOf(useStudio())
  const name = useStore(file, (state) => openFileOf(state)?.inspection.name)
  return name === undefined ? null : <span className={styles.title}>{name}</span>
}

function ConversationTitle() {
  const { open } = chatFeatureOf(useStudio())
  const title = useStore(open.store, (state) => state.detail?.conversation.title)
  return title === undefined ? null : <span className={styles.title}>{shortTitle(title)}</span>
}

function DetectTitle() {
  const { stage, video } = detectFeatureOf(useStudio())
  const ofPicture = useStore(stage, (state) => state.picture?.name)
  const ofVideo = useStore(video.store, (state) => (state.kind === null ? undefined : state.name))
  const name = ofVideo ?? ofPicture
  return name === undefined ? null : <span className={styles.title}>{shortTitle(name)}</span>
}

/** What is on the stage, in a few words. */
function StageTitle({ image }: { readonly image: ImageFeature }) {
  const { jobs } = useStudio()
  const selection = useStore(image.view, (state) => state.selection)
  const ofImage = useStore(image.gallery.store, (state) =>
    selection?.kind === 'image' ? state.records[selection.imageId]?.settings.prompt : undefined,
  )
  const ofJob = useStore(jobs, (state) => (selection?.kind === 'job' ? state.jobs[selection.jobId]?.title : undefined))
  const title = ofImage ?? ofJob
  return title === undefined ? null : <span className={styles.title}>{shortTitle(title)}</span>
}
