import type { StoreApi } from 'zustand/vanilla'
import { createStore } from 'zustand/vanilla'
import type { Studio } from '../../../studio/studio'
import type { FormStore } from '../form-store'
import { detectorModels } from '../selectors'
import { emptyStage, type StageStore } from '../stage-store'
import { forgetPicture, type ViewStore } from '../view-store'
import { frameFile } from './frame-file'

export interface VideoState {
  /** A film has an end and can be sought; a camera has neither. */
  readonly kind: 'film' | 'camera' | null
  readonly name: string
  /** What the element plays: an address, or a camera's stream. */
  readonly url: string | null
  readonly stream: MediaStream | null
  readonly width: number
  readonly height: number
  readonly duration: number
  readonly time: number
  readonly isPlaying: boolean
  /** Frames a second that the film itself shows, measured as it plays; null until it is known. */
  readonly frameRate: number | null
  /** Frames that came by since it plays, those that were looked at, and those that came while the model was busy. */
  readonly frames: number
  readonly looked: number
  readonly dropped: number
  /** How many looks a second, over the last ones. */
  readonly looksPerSecond: number | null
  /** What went wrong, in words. */
  readonly problem: string | null
  /** The camera is being asked for. */
  readonly isOpening: boolean
}

export interface Video {
  readonly store: StoreApi<VideoState>
  openFile(file: File): void
  openCamera(): Promise<void>
  /** Stops what plays and switches the camera off. */
  close(): void
  /** The element that plays, for as long as it is on the page. */
  attach(element: HTMLVideoElement | null): void
  toggle(): void
  /** Goes to a second of the film. */
  seek(seconds: number): void
  /** One frame on or back, where it stands still. */
  step(direction: 1 | -1): void
  /** A frame has come onto the page: it is looked at, unless it is left out or the model is busy. */
  onFrame(mediaTime: number): void
}

export const noVideo: VideoState = {
  kind: null,
  name: '',
  url: null,
  stream: null,
  width: 0,
  height: 0,
  duration: 0,
  time: 0,
  isPlaying: false,
  frameRate: null,
  frames: 0,
  looked: 0,
  dropped: 0,
  looksPerSecond: null,
  problem: null,
  isOpening: false,
}

interface VideoParts {
  readonly studio: Studio
  readonly form: FormStore
  readonly stage: StageStore
  readonly view: ViewStore
}

const rateOver = 12
/** Frames a second of a film that was not played yet. */
const usualRate = 30

export function createVideo({ studio, form, stage, view }: VideoParts): Video {
  const store = createStore<VideoState>(() => noVideo)
  let isBusy = false
  /** Rises with each film or camera: an answer for an earlier one is not shown. */
  let turn = 0
  let finished: number[] = []
  let element: HTMLVideoElement | null = null
  let lastFrame: number | null = null
  /** A frame came by while the model was busy. */
  let isMissed = false

  function begin(patch: Partial<VideoState>): void {
    close()
    finished = []
    lastFrame = null
    forgetPicture(view)
    stage.setState(emptyStage)
    store.setState({ ...noVideo, ...patch })
  }

  function close(): void {
    turn += 1
    const { url, stream, kind } = store.getState()
    if (url !== null) URL.revokeObjectURL(url)
    for (const track of stream?.getTracks() ?? []) track.stop()
    if (kind !== null || store.getState().problem !== null) store.setState(noVideo)
  }

  function chosen() {
    const { modelId, precision } = form.getState()
    const model = detectorModels(studio.models.getState().models).find(({ id }) => id === modelId)
    return model === undefined ? null : { model, precision: precision ?? model.detector.defaultPrecision }
  }

  return {
    store,
    openFile(file) {
      begin({ kind: 'film', name: file.name, url: URL.createObjectURL(file) })
    },
    async openCamera() {
      begin({ isOpening: true, name: 'Camera' })
      const mine = turn
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } }, audio: false })
        if (mine !== turn) {
          for (const track of stream.getTracks()) track.stop()
          return
        }
        const name = stream.getVideoTracks()[0]?.label || 'Camera'
        store.setState({ isOpening: false, kind: 'camera', name, stream })
      } catch (error) {
        if (mine === turn) store.setState({ ...noVideo, problem: cameraProblem(error) })
      }
    },
    close,
    attach(next) {
      element = next
    },
    toggle() {
      if (element === null) return
      // A film that cannot be played says so by its own event.
      if (element.paused) void element.play().catch(() => {})
      else element.pause()
    },
    seek,
    step(direction) {
      if (element === null || store.getState().kind !== 'film') return
      element.pause()
      seek(element.currentTime + direction / (store.getState().frameRate ?? usualRate))
    },
    onFrame(mediaTime) {
      const { frames, isPlaying, frameRate } = store.getState()
      const gap = lastFrame === null ? 0 : mediaTime - lastFrame
      lastFrame = mediaTime
      store.setState({
        frames: frames + 1,
        // The shortest distance between frames: longer ones are frames that the page left out.
        ...(isPlaying && gap > 0.004 && gap < 0.5 ? { frameRate: Math.max(frameRate ?? 0, 1 / gap) } : {}),
      })
      if (!isPlaying || frames % form.getState().everyNth === 0) void look()
    },
  }

  function seek(seconds: number): void {
    if (element === null || !Number.isFinite(element.duration)) return
    element.currentTime = Math.min(element.duration, Math.max(0, seconds))
  }

  async function look(): Promise<void> {
    const use = chosen()
    if (use === null || element === null || element.videoWidth === 0) return
    if (isBusy) {
      store.setState(({ dropped }) => ({ dropped: dropped + 1 }))
      isMissed = true
      return
    }
    isBusy = true
    isMissed = false
    const mine = turn
    try {
      const file = await frameFile(element)
      const { model, precision } = use
      const result = await studio.client.detection.detectFrame({ modelId: model.id, precision, file })
      if (mine !== turn) return
      finished = [...finished, performance.now()].slice(-rateOver)
      const span = (finished.at(-1)! - finished[0]!) / 1000
      store.setState(({ looked }) => ({
        looked: looked + 1,
        looksPerSecond: finished.length > 2 && span > 0 ? (finished.length - 1) / span : null,
      }))
      view.setState({ selected: null })
      stage.setState({ looked: { modelId: model.id, modelName: model.name, result }, failure: null })
    } catch (error) {
      if (mine === turn) stage.setState({ failure: studio.report('Looking at a frame', error) })
    } finally {
      isBusy = false
      // A film that stands still must end with the boxes of the frame that it shows.
      if (isMissed && mine === turn && !store.getState().isPlaying) void look()
    }
  }
}

function cameraProblem(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError') return 'The camera may not be used: permission was refused by you or the system.'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'No camera was found on this machine.'
  if (name === 'NotReadableError')
    return 'The camera is there but could not be started. Another program may be using it.'
  return `The camera could not be opened: ${error instanceof Error ? error.message : String(error)}`
}
