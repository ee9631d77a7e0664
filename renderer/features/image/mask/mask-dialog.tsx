import { Eraser, FlipHorizontal2, Redo2, Trash2, Undo2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { AssetId } from '../../../../contract/ids'
import { useStudio } from '../../../studio/context'
import { Button, IconButton } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { useElementSize } from '../../../ui/hooks'
import { SliderField } from '../../../ui/slider-field'
import { showToast } from '../../../ui/toaster'
import { useImageFeature } from '../feature'
import { changeDraft } from '../form-store'
import { useDraft } from '../selectors'
import styles from './mask-dialog.module.css'
import { addOperation, isMaskEmpty, maskStoreOf, type MaskStore } from './mask-store'
import { exportMask, paintMask } from './paint-mask'
import { useBrush, type Brush } from './use-brush'

/** Where on the start image to paint anew. */
export function MaskDialog() {
  const { view } = useImageFeature()
  const isOpen = useStore(view, (state) => state.isMaskOpen)
  const init = useDraft((draft) => draft.initImage)
  if (!isOpen || init === undefined) return null
  return <Editor assetId={init.assetId} onClose={() => view.setState({ isMaskOpen: false })} />
}

function Editor({ assetId, onClose }: { readonly assetId: AssetId; readonly onClose: () => void }) {
  const feature = useImageFeature()
  const { client, assetUrl, report } = useStudio()
  const store = maskStoreOf(assetId)
  const operations = useStore(store, (state) => state.operations)
  const canUndo = useStore(store.temporal, (state) => state.pastStates.length > 0)
  const canRedo = useStore(store.temporal, (state) => state.futureStates.length > 0)
  const [picture, setPicture] = useState<{ width: number; height: number } | null>(null)
  const [brush, setBrush] = useState<Brush>({ size: 24, softness: 0.3, isErasing: false })
  const [isSaving, setSaving] = useState(false)

  async function save(): Promise<void> {
    if (picture === null) return
    setSaving(true)
    try {
      const { initImage } = feature.form.getState().draft
      if (initImage === undefined) return
      if (isMaskEmpty(operations)) {
        const { assetId: start, strength } = initImage
        changeDraft(feature.form, { initImage: { assetId: start, strength } })
      } else {
        const file = await exportMask(picture.width, picture.height, operations)
        const mask = await client.assets.upload({ file })
        changeDraft(feature.form, { initImage: { ...initImage, maskAssetId: mask.assetId } })
      }
      onClose()
    } catch (error) {
      showToast({
        tone: 'fail',
        text: 'The mask could not be stored',
        detail: report('Storing the mask', error).message,
      })
    } finally {
      setSaving(false)
    }
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    const isMod = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    if (event.target instanceof HTMLInputElement && event.target.type === 'text') return
    if (isMod && key === 'z') (event.shiftKey ? store.temporal.getState().redo : store.temporal.getState().undo)()
    else if (isMod && key === 'y') store.temporal.getState().redo()
    else if (isMod || event.altKey) return
    else if (key === '[') setBrush((old) => ({ ...old, size: Math.max(2, Math.round(old.size * 0.8)) }))
    else if (key === ']') setBrush((old) => ({ ...old, size: Math.min(256, Math.round(old.size * 1.25) + 1) }))
    else if (key === 'e') setBrush((old) => ({ ...old, isErasing: !old.isErasing }))
    else if (key === 'i') addOperation(store, { kind: 'invert' })
    else if (key === 'delete') addOperation(store, { kind: 'clear' })
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <Dialog
      title="Mask: what you paint is drawn anew"
      kind="page"
      isOpen
      isDismissable={false}
      onClose={onClose}
      footer={
        <>
          <span className={styles.hint}>
            Arrows move the brush, Space puts it down and lifts it, Shift moves finely.
          </span>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={isSaving || picture === null} onPress={() => void save()}>
            {isMaskEmpty(operations) ? 'Use without a mask' : 'Use this mask'}
          </Button>
        </>
      }
    >
      <div className={styles.editor} onKeyDownCapture={onKeyDown}>
        <div className={styles.tools}>
          <SliderField
            label="Brush"
            value={brush.size}
            min={2}
            max={256}
            step={1}
            onChange={(size) => setBrush({ ...brush, size })}
          />
          <SliderField
            label="Soft edge"
            value={Math.round(brush.softness * 100)}
            min={0}
            max={100}
            step={5}
            onChange={(value) => setBrush({ ...brush, softness: value / 100 })}
          />
          <span className={styles.buttons}>
            <IconButton
              label="Erase"
              keys="e"
              isOn={brush.isErasing}
              aria-pressed={brush.isErasing}
              onPress={() => setBrush({ ...brush, isErasing: !brush.isErasing })}
            >
              <Eraser size={14} />
            </IconButton>
            <IconButton label="Invert" keys="i" onPress={() => addOperation(store, { kind: 'invert' })}>
              <FlipHorizontal2 size={14} />
            </IconButton>
            <IconButton label="Clear" keys="Delete" onPress={() => addOperation(store, { kind: 'clear' })}>
              <Trash2 size={14} />
            </IconButton>
            <IconButton
              label="Undo"
              keys="$mod+z"
              isDisabled={!canUndo}
              onPress={() => store.temporal.getState().undo()}
            >
              <Undo2 size={14} />
            </IconButton>
            <IconButton
              label="Redo"
              keys="$mod+Shift+z"
              isDisabled={!canRedo}
              onPress={() => store.temporal.getState().redo()}
            >
              <Redo2 size={14} />
            </IconButton>
          </span>
        </div>
        <Canvas
          url={assetUrl(assetId)}
          picture={picture}
          onPicture={(size) => {
            setPicture(size)
            setBrush((old) => ({ ...old, size: Math.max(4, Math.round(Math.min(size.width, size.height) / 8)) }))
          }}
          brush={brush}
          store={store}
        />
      </div>
    </Dialog>
  )
}

interface CanvasProps {
  readonly url: string
  readonly picture: { readonly width: number; readonly height: number } | null
  readonly onPicture: (size: { width: number; height: number }) => void
  readonly brush: Brush
  readonly store: MaskStore
}

const maskColor = '#ff5c8a'

function Canvas({ url, picture, onPicture, brush, store }: CanvasProps) {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const room = useElementSize(frame)
  const operations = useStore(store, (state) => state.operations)
  const size = picture ?? { width: 1, height: 1 }
  const painting = useBrush(brush, size, (stroke) => addOperation(store, stroke))
  const { stroke, cursor } = painting
  const scale = Math.min(room.width / size.width, room.height / size.height) || 1

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context) paintMask(context, stroke === null ? operations : [...operations, stroke], maskColor)
  }, [operations, stroke, size.width, size.height])

  return (
    <div ref={frame} className={styles.frame}>
      <div className={styles.paper} style={{ width: size.width * scale, height: size.height * scale }}>
        <img
          src={url}
          alt="Start image"
          draggable={false}
          onLoad={({ currentTarget }) =>
            onPicture({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
          }
        />
        <canvas
          ref={canvas}
          width={size.width}
          height={size.height}
          tabIndex={0}
          role="img"
          aria-label={`Mask, ${painting.isPenDown ? 'brush down' : 'brush up'}${cursor === null ? '' : `, at ${Math.round(cursor.x)}, ${Math.round(cursor.y)}`}`}
          onPointerDown={painting.onPointerDown}
          onPointerMove={painting.onPointerMove}
          onPointerUp={painting.onPointerUp}
          onPointerCancel={painting.onPointerUp}
          onPointerLeave={painting.onPointerLeave}
          onKeyDown={(event) => {
            if (painting.onKey(event)) event.preventDefault()
          }}
        />
        {cursor === null ? null : (
          <span
            className={styles.cursor}
            data-down={painting.isPenDown || undefined}
            style={{
              width: brush.size * scale,
              height: brush.size * scale,
              left: cursor.x * scale,
              top: cursor.y * scale,
            }}
          />
        )}
      </div>
    </div>
  )
}
