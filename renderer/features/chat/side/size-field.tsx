import { chatLimits, type ChatMode } from '../../../../contract/chat-settings'
import { formatSize } from '../../../ui/format'
import { NumberInput } from '../../../ui/number-input'
import { Select } from '../../../ui/select'
import { useChat } from '../context'
import { drawingFor, useSettings, type ChatModel } from '../selectors'
import { Explained } from './explained'
import styles from './labelled.module.css'

const asPicture = 'picture'
const custom = 'custom'

/** The size of what is drawn: one that suits the model, or any; an edit keeps its picture's unless told otherwise. */
export function SizeField({ model, mode }: { readonly model: ChatModel; readonly mode: ChatMode }) {
  const feature = useChat()
  const settings = useSettings()
  const drawing = drawingFor(model, mode, settings)
  if (drawing === null) return null
  const { width, height } = drawing
  const isSet = settings.drawing?.width !== undefined
  const sizes = model.chat.sizes.map(([w, h]) => ({ key: `${w} ${h}`, label: formatSize(w, h) }))
  const current = `${width} ${height}`
  const isEdit = mode === 'edit'
  const options = [
    ...(isEdit ? [{ key: asPicture, label: 'As the picture' }] : []),
    ...sizes,
    ...(sizes.some(({ key }) => key === current) ? [] : [{ key: custom, label: formatSize(width, height) }]),
  ]
  const value = isEdit && !isSet ? asPicture : sizes.some(({ key }) => key === current) ? current : custom

  function choose(key: string): void {
    if (key === asPicture) feature.settings.changeDrawing({ width: undefined, height: undefined })
    const [w, h] = key.split(' ').map(Number)
    if (w !== undefined && h !== undefined && Number.isFinite(h))
      feature.settings.changeDrawing({ width: w, height: h })
  }

  const side = { min: 32, max: Math.min(chatLimits.maxSide, model.chat.maxSide), step: chatLimits.sideMultiple }
  return (
    <Explained about={`Multiples of ${chatLimits.sideMultiple} px, up to ${model.chat.maxSide}.`}>
      <div className={styles.row}>
        <span>Size</span>
        <Select label="Size" value={value} options={options} onChange={choose} />
      </div>
      {value === asPicture ? null : (
        <div className={styles.row}>
          <span />
          <div className={styles.pair}>
            <NumberInput
              label="Width"
              value={width}
              {...side}
              onChange={(next) => feature.settings.changeDrawing({ width: next, height })}
            />
            ×
            <NumberInput
              label="Height"
              value={height}
              {...side}
              onChange={(next) => feature.settings.changeDrawing({ width, height: next })}
            />
          </div>
        </div>
      )}
    </Explained>
  )
}
