import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AssetId, ImageId, JobId } from '../../../contract/ids'
import type { GeneratePatch, GenerateSettings } from '../../../contract/images'
import type { Problems } from './validate'

/** What stands on the stage. */
export type Selection =
  { readonly kind: 'job'; readonly jobId: JobId } | { readonly kind: 'image'; readonly imageId: ImageId }

export type CompareMode = 'slider' | 'side' | 'difference'

/** A picture that was dropped or pasted, before it is decided what to do with it. */
export interface Incoming {
  readonly assetId: AssetId
  readonly name: string
  readonly width: number
  readonly height: number
  readonly settings: GeneratePatch | null
  readonly text: string | null
}

export interface ViewState {
  readonly selection: Selection | null
  /** Which frame of the trajectory is on the stage; null is the picture itself, or the newest preview. */
  readonly frameIndex: number | null
  readonly compareId: ImageId | null
  readonly compareMode: CompareMode
  readonly isQuickLook: boolean
  readonly isGalleryTall: boolean
  readonly isSearchOpen: boolean
  readonly isMaskOpen: boolean
  readonly incoming: Incoming | null
  readonly isUploading: boolean
  /** Whether the form was sent off before the models were known, and waits for them. */
  readonly isHeld: boolean
  /** Whether the form was sent off with something missing: only then is an empty prompt a fault. */
  readonly isAttempted: boolean
  /** What the core found wrong, and with which settings. */
  readonly refused: { readonly draft: GenerateSettings; readonly problems: Problems } | null
}

export type ViewStore = StoreApi<ViewState>

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({
    selection: null,
    frameIndex: null,
    compareId: null,
    compareMode: 'slider',
    isQuickLook: false,
    isGalleryTall: false,
    isSearchOpen: false,
    isMaskOpen: false,
    incoming: null,
    isUploading: false,
    isHeld: false,
    isAttempted: false,
    refused: null,
  }))
}

export function select(view: ViewStore, selection: Selection | null): void {
  const old = view.getState().selection
  const isSame =
    old !== null &&
    selection !== null &&
    (old.kind === 'job' && selection.kind === 'job'
      ? old.jobId === selection.jobId
      : old.kind === 'image' && selection.kind === 'image' && old.imageId === selection.imageId)
  if (!isSame) view.setState({ selection, frameIndex: null })
}

export function selectImage(view: ViewStore, imageId: ImageId): void {
  select(view, { kind: 'image', imageId })
}
