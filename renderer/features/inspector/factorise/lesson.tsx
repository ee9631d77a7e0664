import { ArrowLeft } from 'lucide-react'
import { Button } from '../../../ui/button'
import { ChartExport } from '../export/chart-export'
import { FactoriseView } from './factorise-view'
import styles from './factorise.module.css'

/** The lesson on factorised convolutions by itself: it needs no model. */
export function Lesson({ onClose }: { readonly onClose: () => void }) {
  return (
    <section className={styles.lesson} aria-label="Factorise a convolution" data-region="lesson">
      <header className={styles.lessonBar}>
        <Button size="sm" variant="ghost" onPress={onClose}>
          <ArrowLeft size={14} aria-hidden />
          Back
        </Button>
        <h2>Factorise a convolution</h2>
        <ChartExport />
      </header>
      <div className={styles.lessonBody}>
        <FactoriseView />
      </div>
    </section>
  )
}
