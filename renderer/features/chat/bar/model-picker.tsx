import { useStore } from 'zustand'
import type { ModelId } from '../../../../contract/ids'
import { formatBytes } from '../../../ui/format'
import { Select, type SelectOption } from '../../../ui/select'
import { useChat } from '../context'
import { chatModels, useModel, wantedModel, type ChatModel } from '../selectors'

/** Every model that can be talked with; one that is broken says why it cannot be chosen. */
export function ModelPicker({ className }: { readonly className?: string | undefined }) {
  const feature = useChat()
  const models = useStore(feature.studio.models, (state) => state.models)
  const model = useModel()
  const options: SelectOption<ModelId>[] = chatModels(models).map((one) => ({
    key: one.id,
    label: one.name,
    detail: abilities(one),
    tag: one.chat.defaultPrecision,
    ...(one.state.kind === 'broken' ? { disabledReason: one.state.message } : {}),
  }))
  return (
    <Select
      label="Model"
      size="md"
      className={className}
      value={model?.id ?? wantedModel(feature)}
      options={options}
      placeholder={options.length === 0 ? 'No model yet' : 'Choose a model'}
      onChange={(id) => feature.settings.chooseModel(id)}
    />
  )
}

/** "Reads, draws and edits pictures, 78 MB". */
function abilities({ chat, bytes }: ChatModel): string {
  const verbs = chat.seesPictures
    ? ['reads', ...(chat.modes.includes('draw') ? ['draws'] : []), ...(chat.modes.includes('edit') ? ['edits'] : [])]
    : []
  const last = verbs.pop()
  const words =
    last === undefined ? 'Text only' : `${verbs.length > 0 ? `${verbs.join(', ')} and ` : ''}${last} pictures`
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}, ${formatBytes(bytes)}`
}
