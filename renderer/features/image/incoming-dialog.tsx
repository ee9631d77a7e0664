import { ImagePlus } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../studio/context'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { formatSize, plural } from '../../ui/format'
import { applyPatch, startFrom } from './actions'
import { useImageFeature } from './feature'
import { presentFields, type FieldKey, type Readable } from './fields'
import styles from './incoming-dialog.module.css'
import { useCurrentModel, useDraft } from './selectors'
import type { Incoming } from './view-store'

/** A picture from outside: what its settings would change, and the ways to use it. */
export function IncomingDialog() {
  const { view } = useImageFeature()
  const incoming = useStore(view, (state) => state.incoming)
  if (incoming === null) return null
  return <Content key={incoming.assetId} incoming={incoming} onClose={() => view.setState({ incoming: null })} />
}

function Content({ incoming, onClose }: { readonly incoming: Incoming; readonly onClose: () => void }) {
  const feature = useImageFeature()
  const { assetUrl } = useStudio()
  const model = useCurrentModel()
  const models = useStore(feature.studio.models, (state) => state.models)
  const draft = useDraft((one) => one)
  const patch = (incoming.settings ?? {}) as Readable
  const isKnownModel = models.some(({ id }) => id === patch.modelId)
  const rows = presentFields(patch)
    // Settings of the file that could not work here would only make the form wrong.
    .filter(({ key }) => key !== 'initImage' && key !== 'count' && (key !== 'modelId' || isKnownModel))
    .map((field) => ({ field, now: field.read(draft), next: field.read(patch) }))
  const changes = rows.filter(({ now, next }) => now !== next)
  const [left, setLeft] = useState<ReadonlySet<FieldKey>>(new Set())
  const chosen = changes.filter(({ field }) => !left.has(field.key)).map(({ field }) => field.key)
  const canStart = model?.image?.canEncode !== false

  function toggle(key: FieldKey): void {
    const next = new Set(left)
    if (!next.delete(key)) next.add(key)
    setLeft(next)
  }

  return (
    <Dialog
      title={incoming.name}
      kind="wide"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button
            isDisabled={!canStart}
            onPress={() => {
              startFrom(feature, incoming.assetId)
              onClose()
            }}
          >
            <ImagePlus size={12} strokeWidth={2} aria-hidden />
            Use as start image
          </Button>
          {chosen.length > 0 && incoming.settings !== null ? (
            <Button
              variant="primary"
              autoFocus
              onPress={() => {
                applyPatch(feature, incoming.settings!, chosen)
                onClose()
              }}
            >
              Apply {plural(chosen.length, 'setting')}
            </Button>
          ) : null}
        </>
      }
    >
      <div className={styles.body}>
        <figure>
          <img src={assetUrl(incoming.assetId)} alt={incoming.name} className={styles.picture} />
          <figcaption>{formatSize(incoming.width, incoming.height)}</figcaption>
        </figure>
        <div className={styles.words}>
          {incoming.settings === null ? (
            <p>
              This picture carries no settings.
              {canStart ? ' It can still be a start image.' : ' The chosen model cannot use it as a start image.'}
            </p>
          ) : changes.length === 0 ? (
            <p>The form has all of its settings already.</p>
          ) : (
            <ul className={styles.changes}>
              {changes.map(({ field, now, next }) => (
                <li key={field.key}>
                  <label>
                    <input type="checkbox" checked={!left.has(field.key)} onChange={() => toggle(field.key)} />
                    <span className={styles.name}>{field.label}</span>
                    <span className={styles.values}>
                      <s>{now === '' ? 'empty' : now}</s>
                      <span>{next === '' ? 'empty' : next}</span>
                    </span>
                  </label>
                </li>
              ))}
            </ul>
          )}
          {patch.modelId !== undefined && !isKnownModel ? (
            <p className={styles.note}>It was drawn by {patch.modelId}, which is not here.</p>
          ) : null}
        </div>
      </div>
    </Dialog>
  )
}
