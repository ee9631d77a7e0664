import { useStore } from 'zustand'
import type { SubjectKind } from '../../../../contract/precision'
import { cx } from '../../../ui/cx'
import { NumberInput } from '../../../ui/number-input'
import { Select } from '../../../ui/select'
import shared from '../../../ui/shared.module.css'
import { usePrecision } from '../context'
import { startComparison } from './actions'
import { seesPictures, useFormModel } from './asked/asked-picture'
import { AskedPictureField } from './asked/asked-picture-field'
import { PicturesField } from './pictures/pictures-field'
import styles from './subject-fields.module.css'

const kindWords: Readonly<Record<SubjectKind, string>> = {
  picture: 'Picture',
  text: 'Text',
  detection: 'Detection',
  graph: 'One graph',
}

/** Of a model that converses: what it does with one message. */
const conversationWords: Readonly<Partial<Record<SubjectKind, string>>> = { picture: 'Drawing', text: 'Answer' }

/** What every precision is given: the same prompt and seed, the same pictures, or the same numbers. */
export function SubjectFields() {
  const { form, comparison } = usePrecision()
  const kind = useStore(form, (state) => state.kind)
  const options = useStore(comparison, (state) => state.options)
  const model = useFormModel()
  const words = model?.family === 'bagel' ? { ...kindWords, ...conversationWords } : kindWords
  return (
    <div className={styles.fields}>
      <div className={styles.kind}>
        <Select
          label="What is compared"
          size="lg"
          value={kind}
          options={(options?.subjects ?? []).map((subject) => ({
            key: subject.kind,
            label: words[subject.kind],
            disabledReason: subject.reason ?? undefined,
          }))}
          placeholder={words[kind]}
          onChange={(next) => form.setState({ kind: next })}
        />
      </div>
      {kind === 'text' && seesPictures(model) ? <AskedPictureField /> : null}
      {kind === 'picture' || kind === 'text' ? (
        <PromptField />
      ) : kind === 'detection' ? (
        <PicturesField />
      ) : (
        <GraphFields />
      )}
      {kind === 'text' ? <TokensField /> : kind === 'detection' ? null : <SeedField />}
    </div>
  )
}

function PromptField() {
  const feature = usePrecision()
  const { form, comparison } = feature
  const prompt = useStore(form, (state) => state.prompt)
  const isMissing = useStore(comparison, (state) => state.isAttempted) && prompt.trim() === ''
  return (
    <input
      className={cx(shared.well, shared.line, styles.prompt)}
      data-field="precision-subject"
      aria-label="Prompt"
      aria-invalid={isMissing}
      placeholder={isMissing ? 'Write a prompt: it is empty' : 'One prompt for every precision'}
      value={prompt}
      onChange={(event) => form.setState({ prompt: event.target.value })}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) void startComparison(feature)
      }}
    />
  )
}

function SeedField() {
  const { form } = usePrecision()
  const seed = useStore(form, (state) => state.seed)
  return (
    <label className={styles.small}>
      Seed
      <NumberInput
        label="Seed"
        value={seed}
        min={0}
        max={2 ** 32 - 1}
        className={styles.number}
        onChange={(next) => form.setState({ seed: next })}
      />
    </label>
  )
}

function TokensField() {
  const { form } = usePrecision()
  const maxTokens = useStore(form, (state) => state.maxTokens)
  return (
    <label className={styles.small}>
      Tokens
      <NumberInput
        label="Most tokens"
        value={maxTokens}
        min={1}
        max={512}
        className={styles.number}
        onChange={(next) => form.setState({ maxTokens: next })}
      />
    </label>
  )
}

function GraphFields() {
  const { form, comparison } = usePrecision()
  const role = useStore(form, (state) => state.role)
  const dimensions = useStore(form, (state) => state.dimensions)
  const options = useStore(comparison, (state) => state.options)
  const graphs = options?.graphs ?? []
  const chosen = graphs.find((graph) => graph.role === role) ?? graphs[0]
  return (
    <>
      <div className={styles.graph}>
        <Select
          label="Graph"
          size="lg"
          value={chosen?.role ?? null}
          options={graphs.map((graph) => ({ key: graph.role, label: graph.role }))}
          onChange={(next) => form.setState({ role: next, dimensions: {} })}
        />
      </div>
      <div className={styles.dimensions}>
        {(chosen?.dimensions ?? []).map((name) => (
          <label key={name} className={styles.small}>
            {name}
            <NumberInput
              label={`Size of ${name}`}
              value={dimensions[name] ?? (/batch/i.test(name) ? 1 : 8)}
              min={0}
              max={1_000_000}
              className={styles.number}
              onChange={(size) => form.setState({ dimensions: { ...dimensions, [name]: size } })}
            />
          </label>
        ))}
      </div>
    </>
  )
}
