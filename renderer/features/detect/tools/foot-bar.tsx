import { ChevronDown, ChevronLeft, ChevronRight, Download, FolderOpen, Play, Square } from 'lucide-react'
import { useStore } from 'zustand'
import type { DetectionRun } from '../../../../contract/detection'
import { Button, IconButton } from '../../../ui/button'
import { groupDigits } from '../../../ui/format'
import { Menu, type MenuAction } from '../../../ui/menu'
import { Spinner } from '../../../ui/spinner'
import { walkPictures } from '../actions'
import { useDetect } from '../context'
import { exportNames, exportPicture, exportRun, whyNotExport } from '../export/exports'
import { resumeRun, stopRun } from '../run-actions'
import { countWords, useModel, useShownBoxes } from '../selectors'
import { pickFolder } from '../source/pick'
import { finishedOf, useRunState } from '../strip/use-run-state'
import styles from './foot-bar.module.css'

/** How much was found, the way to the next picture, and what to do with all of it. */
export function FootBar() {
  return (
    <div className={styles.foot}>
      <Count />
      <span className={styles.push} />
      <Walk />
      <ExportMenu />
      <RunButton />
    </div>
  )
}

function Count() {
  const { stage } = useDetect()
  const looked = useStore(stage, (state) => state.looked)
  const isRunning = useStore(stage, (state) => state.isRunning)
  const model = useModel()
  const { objects, classes } = countWords(useShownBoxes())
  if (isRunning) {
    return (
      <span className={styles.count}>
        <Spinner /> {model?.name ?? 'The model'} is looking
      </span>
    )
  }
  if (looked === null) return <span className={styles.count} />
  return (
    <span className={styles.count}>
      <b>{objects}</b> <span className={styles.classes}>{classes}</span>
    </span>
  )
}

function Walk() {
  const feature = useDetect()
  const pictures = useStore(feature.list.store, (state) => state.pictures)
  const current = useStore(feature.stage, ({ asked, picture }) => asked ?? picture?.detectionId ?? null)
  const place = pictures.findIndex((one) => one !== undefined && one.id === current)
  if (pictures.length === 0) return null
  return (
    <span className={styles.walk}>
      <IconButton
        label="Picture before"
        keys="ArrowLeft"
        isDisabled={place <= 0}
        onPress={() => void walkPictures(feature, -1)}
      >
        <ChevronLeft size={14} strokeWidth={2} />
      </IconButton>
      <span className={styles.place}>
        {place < 0 ? '–' : groupDigits(place + 1)} / {groupDigits(pictures.length)}
      </span>
      <IconButton
        label="Next picture"
        keys="ArrowRight"
        isDisabled={place + 1 >= pictures.length}
        onPress={() => void walkPictures(feature, 1)}
      >
        <ChevronRight size={14} strokeWidth={2} />
      </IconButton>
    </span>
  )
}

const formats = ['coco', 'yolo', 'voc', 'csv', 'png'] as const
const runFormats = ['coco', 'yolo', 'voc', 'csv'] as const

function ExportMenu() {
  const feature = useDetect()
  const reason = useStore(feature.stage, () => whyNotExport(feature))
  const run = useStore(feature.list.store, (state) => state.run)
  const actions: readonly MenuAction[] = [
    ...formats.map((format) => ({
      id: format,
      label: exportNames[format],
      ...(reason === null ? {} : { disabledReason: reason }),
      run: () => void exportPicture(feature, format),
    })),
    ...(run === null
      ? []
      : runFormats.map((format, index) => ({
          id: `run-${format}`,
          label: `All ${groupDigits(run.done)} pictures as ${exportNames[format]}`,
          startsGroup: index === 0,
          run: () => void exportRun(feature, format),
        }))),
  ]
  return (
    <Menu label="Export" actions={actions} placement="top end">
      <Button size="sm" isDisabled={reason !== null && run === null}>
        <Download size={12} strokeWidth={2} aria-hidden />
        Export
        <ChevronDown size={12} strokeWidth={2} aria-hidden />
      </Button>
    </Menu>
  )
}

/** Begins a folder run, stops the one that is shown, or goes on with it. */
function RunButton() {
  const feature = useDetect()
  const state = useRunState()
  // An empty stage has its own first thing to do.
  const isEmpty = useStore(feature.stage, ({ picture }) => picture === null)
  if (state === null) {
    return (
      <Button size="sm" variant={isEmpty ? 'default' : 'primary'} onPress={() => void pickFolder(feature)}>
        <FolderOpen size={12} strokeWidth={2} aria-hidden />
        Run folder
      </Button>
    )
  }
  const { run, isRunning, isWaiting } = state
  if (isRunning || isWaiting) {
    return (
      <Button size="sm" onPress={() => void stopRun(feature, run)}>
        <Square size={12} strokeWidth={2} aria-hidden />
        {isWaiting ? 'Cancel' : 'Stop'}
      </Button>
    )
  }
  return (
    <Button size="sm" variant="primary" onPress={() => void resumeRun(feature, run)}>
      <Play size={12} strokeWidth={2} aria-hidden />
      {resumeWords(run)}
    </Button>
  )
}

function resumeWords(run: DetectionRun): string {
  if (run.total === 0 || finishedOf(run) < run.total) return 'Go on'
  return run.failed > 0 ? 'Try failed again' : 'Run again'
}
