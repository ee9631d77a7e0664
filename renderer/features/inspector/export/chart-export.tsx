import { Download } from 'lucide-react'
import { figuresOnPage, svgFile } from '../../../charts/svg-file'
import { Button } from '../../../ui/button'
import { download } from '../../../ui/download'
import { useStore } from 'zustand'
import { useInspector } from '../context'
import { openFileOf } from '../file-store'
import { fileStem } from './file-stem'

/** Saves the chart that is in view as a drawing. */
export function ChartExport() {
  const { file } = useInspector()
  const name = useStore(file, (state) => openFileOf(state)?.inspection.name ?? 'convolution')
  return (
    <Button
      size="sm"
      variant="ghost"
      onPress={() => {
        // Small drawings in the side column are figures too; the view's own comes first on the page.
        const chart = figuresOnPage().find(
          ({ element }) => element.closest('[role="tabpanel"], [data-region="lesson"]') !== null,
        )
        if (chart !== undefined) {
          download(
            `${fileStem(name)}-${fileStem(chart.name.toLowerCase())}.svg`,
            'image/svg+xml',
            svgFile(chart.element),
          )
        }
      }}
    >
      <Download size={14} aria-hidden />
      Save as SVG
    </Button>
  )
}
