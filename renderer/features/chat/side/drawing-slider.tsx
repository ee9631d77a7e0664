import type { ChatMode } from '../../../../contract/chat-settings'
import { SliderField } from '../../../ui/slider-field'
import { useChat } from '../context'
import { drawingFor, useModel, useSettings } from '../selectors'
import { drawingNumbers, type DrawingNumber } from './drawing-words'
import { Explained } from './explained'

/** One number of the drawing, from the model's own until it is moved. */
export function DrawingSlider({ name, mode }: { readonly name: DrawingNumber; readonly mode: ChatMode }) {
  const feature = useChat()
  const model = useModel()
  const drawing = drawingFor(model, mode, useSettings())
  if (drawing === null) return null
  const { about, ...range } = drawingNumbers[name]
  const own = model?.chat.defaults[mode]?.drawing?.[name]
  const isChanged = own !== undefined && own !== drawing[name]
  return (
    <Explained about={isChanged ? `${about} The model's own is ${own}.` : about}>
      <SliderField
        {...range}
        value={drawing[name]}
        onChange={(value) => feature.settings.changeDrawing({ [name]: value === own ? undefined : value })}
      />
    </Explained>
  )
}
