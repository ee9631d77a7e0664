import { Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { SavedVariant } from '../../../../../contract/precision'
import { IconButton } from '../../../../ui/button'
import { formatBytes } from '../../../../ui/format'
import { showToast } from '../../../../ui/toaster'
import { usePrecision } from '../../context'
import { columnWords, recipeDetail } from '../words'
import styles from './saved-variants.module.css'

interface SavedVariantsProps {
  readonly modelId: string
  /** Counts up when one was saved. */
  readonly turn: number
}

/** What was kept of a model: each is a precision in the other panels, or for a model that draws a model of its own. */
export function SavedVariants({ modelId, turn }: SavedVariantsProps) {
  const { studio } = usePrecision()
  const [all, setAll] = useState<readonly SavedVariant[]>([])
  useEffect(() => {
    let isWanted = true
    studio.client.precision
      .saved()
      .then((saved) => {
        if (isWanted) setAll(saved)
      })
      .catch((error: unknown) => studio.report('Listing saved precisions', error))
    return () => {
      isWanted = false
    }
  }, [studio, turn])

  async function change(what: 'forget' | 'recall', variantId: string): Promise<boolean> {
    try {
      setAll(await studio.client.precision[what]({ variantId }))
      await studio.models.getState().refresh()
      return true
    } catch (error) {
      const { message, remedy } = studio.report('Changing the saved precisions', error)
      showToast({ tone: 'fail', text: message, ...(remedy === undefined ? {} : { detail: remedy }) })
      return false
    }
  }

  async function remove({ id, name }: SavedVariant): Promise<void> {
    if (!(await change('forget', id))) return
    const entry = { what: `${name} in the bin`, undo: () => void change('recall', id) }
    studio.undo.push(entry)
    showToast({
      text: `${name} in the bin`,
      detail: 'for 30 days',
      action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
    })
  }

  const own = all.filter((variant) => variant.modelId === modelId)
  if (own.length === 0) return null
  return (
    <section className={styles.saved} aria-label="Saved precisions">
      <h3>Saved</h3>
      <ul>
        {own.map((variant) => (
          <li key={variant.id} className={styles.row}>
            <b>{variant.name}</b>
            <span>
              {[columnWords[variant.recipe.column], recipeDetail(variant.recipe), formatBytes(variant.bytes)]
                .filter((part) => part !== '')
                .join(', ')}
            </span>
            <IconButton label={`Delete the precision ${variant.name}`} onPress={() => void remove(variant)}>
              <Trash2 size={14} />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  )
}
