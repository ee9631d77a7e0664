import { Section } from '../../../ui/section'
import { ModelPicker } from '../bar/model-picker'
import { useModel } from '../selectors'
import { KnowledgeNote } from './knowledge-note'

/** Who answers, and what it can talk about. */
export function ModelSection() {
  const model = useModel()
  return (
    <Section title="Model">
      <ModelPicker />
      {model === null ? null : <KnowledgeNote model={model} />}
    </Section>
  )
}
