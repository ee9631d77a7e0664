import { FileUp } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { InspectionSource } from '../../../../contract/inspection'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import { useInspector } from '../context'
import { chooseFiles } from '../../../ui/choose-files'
import { Examples } from './examples'
import styles from './open-form.module.css'

interface OpenFormProps {
  readonly onSource: (source: InspectionSource, name: string) => void
  readonly onFiles: (files: readonly File[]) => void
}

/** Every way to name a file: pick it, paste its path, or take one of the library's. */
export function OpenForm({ onSource, onFiles }: OpenFormProps) {
  const { studio } = useInspector()
  const [path, setPath] = useState('')

  function submit(event: FormEvent): void {
    event.preventDefault()
    const plain = path.trim().replace(/^["']|["']$/g, '')
    if (plain !== '') onSource({ kind: 'path', path: plain }, plain.split(/[\\/]/).at(-1) ?? plain)
  }

  return (
    <div className={styles.form}>
      <div className={styles.ways}>
        <Button variant="primary" onPress={() => void chooseFiles({ isMultiple: true }).then(onFiles)}>
          <FileUp size={14} aria-hidden />
          Open a file
        </Button>
        <form className={styles.path} onSubmit={submit}>
          <input
            className={cx(shared.well, shared.line)}
            aria-label="Path of a model file"
            placeholder={studio.host.kind === 'electron' ? 'or paste a path' : 'or a path on the studio’s machine'}
            value={path}
            spellCheck={false}
            onChange={(event) => setPath(event.target.value)}
          />
          <Button type="submit" isDisabled={path.trim() === ''}>
            Open
          </Button>
        </form>
      </div>
      <Examples onSource={onSource} />
    </div>
  )
}
