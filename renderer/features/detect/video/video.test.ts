// @vitest-environment jsdom
import '../../../testing/dom'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createFormStore } from '../form-store'
import { createStageStore } from '../stage-store'
import { createFakeDetection, fakeDetector } from '../testing/fake-detection'
import { createViewStore } from '../view-store'
import { createVideo } from './video'

beforeEach(() => {
  localStorage.clear()
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => ({ drawImage() {} })
      convertToBlob = async () => new Blob(['frame'])
    },
  )
  Object.assign(URL, { createObjectURL: () => 'blob:film', revokeObjectURL() {} })
})

async function setUp(wait: number) {
  const fake = createFakeDetection({ wait })
  await fake.studio.models.getState().refresh()
  const [form, stage, view] = [createFormStore(), createStageStore(), createViewStore()]
  form.setState({ modelId: fakeDetector.id })
  const video = createVideo({ studio: fake.studio, form, stage, view })
  video.openFile(new File(['film'], 'film.mp4', { type: 'video/mp4' }))
  const element = { videoWidth: 320, videoHeight: 240, duration: 10, currentTime: 0, paused: true, pause() {} }
  video.attach(element as unknown as HTMLVideoElement)
  const looks = () => fake.core.calls.filter((name) => name === 'detection.detectFrame').length
  return { fake, form, stage, video, element, looks, state: () => video.store.getState() }
}

describe('a film', () => {
  it('is looked at frame by frame, and says how many frames the model had no time for', async () => {
    const { video, state, looks } = await setUp(30)
    video.store.setState({ isPlaying: true })
    for (let frame = 0; frame < 5; frame++) video.onFrame(frame / 25)
    expect(state()).toMatchObject({ frames: 5, dropped: 4 })
    expect(state().frameRate).toBeCloseTo(25)
    await expect.poll(() => state().looked).toBe(1)
    expect(looks()).toBe(1)
  })

  it('looks at every third frame where that was chosen', async () => {
    const { video, form, state, looks } = await setUp(0)
    form.setState({ everyNth: 3 })
    video.store.setState({ isPlaying: true })
    for (let frame = 0; frame < 7; frame++) {
      video.onFrame(frame / 25)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(looks()).toBe(3)
    expect(state()).toMatchObject({ looked: 3, dropped: 0 })
  })

  it('ends with the boxes of the frame that it stands at', async () => {
    const { video, state } = await setUp(20)
    video.onFrame(0)
    video.onFrame(0.04)
    await expect.poll(() => state().looked).toBe(2)
  })

  it('steps by one frame within its ends', async () => {
    const { video, element, state } = await setUp(0)
    video.store.setState({ frameRate: 25 })
    video.step(1)
    expect(element.currentTime).toBeCloseTo(0.04)
    video.step(-1)
    video.step(-1)
    expect(element.currentTime).toBe(0)
    video.close()
    expect(state().kind).toBeNull()
  })

  it('does not show what was seen in a film that was closed meanwhile', async () => {
    const { video, stage } = await setUp(20)
    video.onFrame(0)
    video.close()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(stage.getState().looked).toBeNull()
  })
})

describe('the camera', () => {
  it('says in words why it cannot be used, and is switched off on closing', async () => {
    const { video, state } = await setUp(0)
    const refuse = Object.assign(new Error('denied'), { name: 'NotAllowedError' })
    const stop = vi.fn()
    const tracks = [{ stop, label: 'Front' }]
    const stream = { getTracks: () => tracks, getVideoTracks: () => tracks }
    const getUserMedia = vi.fn().mockRejectedValueOnce(refuse).mockResolvedValueOnce(stream)
    vi.stubGlobal('navigator', { ...navigator, mediaDevices: { getUserMedia } })
    await video.openCamera()
    expect(state().problem).toMatch(/permission was refused/)
    await video.openCamera()
    expect(state()).toMatchObject({ kind: 'camera', name: 'Front', problem: null })
    video.close()
    expect(stop).toHaveBeenCalledOnce()
  })
})
