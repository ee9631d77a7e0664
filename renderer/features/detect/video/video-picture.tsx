import { useEffect, useRef, type SyntheticEvent } from 'react'
import { useStore } from 'zustand'
import { useDetect } from '../context'
import type { Video } from './video'

/** The film or the camera on the stage. */
export function VideoPicture() {
  const { video } = useDetect()
  const kind = useStore(video.store, (state) => state.kind)
  const url = useStore(video.store, (state) => state.url)
  const stream = useStore(video.store, (state) => state.stream)
  const element = useRef<HTMLVideoElement>(null)

  useEffect(() => {
    const target = element.current
    if (target === null) return
    video.attach(target)
    target.srcObject = stream
    let asked = 0
    const onFrame: VideoFrameRequestCallback = (_now, { mediaTime }) => {
      video.onFrame(mediaTime)
      asked = target.requestVideoFrameCallback(onFrame)
    }
    asked = target.requestVideoFrameCallback(onFrame)
    return () => {
      target.cancelVideoFrameCallback(asked)
      video.attach(null)
    }
  }, [video, url, stream])

  if (kind === null) return null
  return (
    <video
      key={url ?? 'camera'}
      ref={element}
      {...(url === null ? {} : { src: url })}
      muted
      playsInline
      autoPlay={kind === 'camera'}
      aria-label={video.store.getState().name}
      {...handlers(video)}
    />
  )
}

function handlers({ store }: Video) {
  type Told = SyntheticEvent<HTMLVideoElement>
  return {
    onLoadedMetadata: ({ currentTarget }: Told) => {
      const { videoWidth, videoHeight, duration } = currentTarget
      // Recordings of browsers do not say how long they are: looking for their end makes them.
      if (duration === Number.POSITIVE_INFINITY && store.getState().kind === 'film') currentTarget.currentTime = 1e7
      store.setState({
        width: videoWidth,
        height: videoHeight,
        duration: Number.isFinite(duration) ? duration : 0,
        ...(videoWidth === 0 ? { problem: 'There is sound in this file, but no picture.' } : {}),
      })
    },
    onDurationChange: ({ currentTarget }: Told) => {
      const { duration } = currentTarget
      if (!Number.isFinite(duration)) return
      if (currentTarget.currentTime >= duration && store.getState().duration === 0) currentTarget.currentTime = 0
      store.setState({ duration })
    },
    onTimeUpdate: ({ currentTarget: { currentTime } }: Told) => store.setState({ time: currentTime }),
    onSeeked: ({ currentTarget: { currentTime } }: Told) => store.setState({ time: currentTime }),
    onPlay: () => store.setState({ isPlaying: true, frames: 0, looked: 0, dropped: 0, looksPerSecond: null }),
    onPause: () => store.setState({ isPlaying: false }),
    onEnded: ({ currentTarget: { currentTime } }: Told) => {
      const { duration } = store.getState()
      const isShort = duration > 0 && currentTime < duration - 0.5
      store.setState({
        isPlaying: false,
        time: currentTime,
        ...(isShort
          ? { problem: `The file ends early: after ${currentTime.toFixed(1)} of ${duration.toFixed(1)} seconds.` }
          : {}),
      })
    },
    onError: ({ currentTarget: { error, currentTime, videoWidth } }: Told) =>
      store.setState({ isPlaying: false, problem: problemOf(error, currentTime, videoWidth > 0) }),
  }
}

function problemOf(error: MediaError | null, time: number, hasBegun: boolean): string {
  if (hasBegun && time > 0)
    return `The video cannot be decoded from second ${time.toFixed(1)} on: the file is damaged or ends there.`
  if (error?.code === 4) return 'This video cannot be played here. MP4 with H.264 and WebM with VP8, VP9 or AV1 can.'
  return `This video cannot be decoded${error?.message ? `: ${error.message}` : '.'}`
}
