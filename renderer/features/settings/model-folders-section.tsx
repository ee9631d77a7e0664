import { Box, FolderPlus, RefreshCw, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Failure } from '../../../contract/errors'
import type { Model } from '../../../contract/models'
import { useStudio } from '../../studio/context'
import { Button } from '../../ui/button'
import { Chip } from '../../ui/chip'
import { cx } from '../../ui/cx'
import { ErrorNote } from '../../ui/error-note'
import { formatBytes, sentences } from '../../ui/format'
import shared from '../../ui/shared.module.css'
import { showToast } from '../../ui/toaster'
import styles from './settings-panel.module.css'

/** Folders that hold models. Nothing in them is copied or changed. */
export function ModelFoldersSection() {
  const studio = useStudio()
  const models = useStore(studio.models, (state) => state.models)
  const folders = useStore(studio.settings, (state) => state.settings?.modelFolders ?? none)
  const [typed, setTyped] = useState('')
  const [failure, setFailure] = useState<Failure | null>(null)

  async function add(folder: string): Promise<void> {
    const before = new Set(studio.models.getState().models.map(({ id }) => id))
    const problem = await studio.models.getState().addFolder(folder)
    setFailure(problem)
    if (problem !== null) return
    setTyped('')
    await studio.settings.getState().load()
    const found = studio.models.getState().models.filter(({ id }) => !before.has(id)).length
    showToast({
      tone: found > 0 ? 'ok' : 'warn',
      text: found > 0 ? 'Folder added' : 'Folder added, with no new models',
      detail: folder,
    })
  }

  async function remove(folder: string): Promise<void> {
    setFailure(await studio.models.getState().removeFolder(folder))
    await studio.settings.getState().load()
  }

  async function pick(): Promise<void> {
    const folder = await studio.host.openFolderDialog()
    if (folder !== null) await add(folder)
  }

  return (
    <section className={styles.section}>
      <h2>Models</h2>
      <ul className={styles.list}>
        {models.map((model) => (
          <ModelRow key={model.id} model={model} />
        ))}
      </ul>
      {folders.map((folder) => (
        <div key={folder} className={styles.row}>
          <span className={styles.words}>{folder}</span>
          <Button size="sm" variant="ghost" onPress={() => void remove(folder)}>
            Forget
          </Button>
        </div>
      ))}
      {failure === null ? null : <ErrorNote failure={failure} />}
      <form
        className={styles.add}
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.trim() !== '') void add(typed.trim())
        }}
      >
        {studio.host.hasFiles ? (
          <Button onPress={() => void pick()}>
            <FolderPlus size={14} strokeWidth={1.75} aria-hidden />
            Add a folder of models
          </Button>
        ) : (
          <>
            <input
              className={cx(shared.well, shared.line, styles.input)}
              aria-label="Folder of models, as the machine that runs the studio names it"
              placeholder="/path/to/models"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
            <Button type="submit" isDisabled={typed.trim() === ''}>
              <FolderPlus size={14} strokeWidth={1.75} aria-hidden />
              Add folder
            </Button>
          </>
        )}
        <Button variant="ghost" onPress={() => void studio.models.getState().refresh()}>
          <RefreshCw size={12} strokeWidth={2} aria-hidden />
          Look again
        </Button>
      </form>
    </section>
  )
}

const none: readonly string[] = []

function ModelRow({ model }: { readonly model: Model }) {
  return (
    <li className={styles.item}>
      <Box size={16} strokeWidth={1.75} aria-hidden />
      <span className={styles.words}>
        <span className={styles.name}>{model.name}</span>
        <span className={styles.facts}>
          {model.state.kind === 'broken'
            ? sentences(model.state.message, model.state.remedy)
            : [
                formatBytes(model.bytes),
                model.precision,
                model.licence,
                model.source === 'bundled' ? 'bundled' : model.folder,
              ]
                .filter(Boolean)
                .join(' · ')}
        </span>
      </span>
      {model.state.kind === 'broken' ? (
        <Chip tone="warn" icon={<TriangleAlert size={12} strokeWidth={2} aria-hidden />}>
          Not usable
        </Chip>
      ) : null}
    </li>
  )
}
