import { Download } from 'lucide-react'
import { useState } from 'react'
import type { Race } from '../../../../contract/speculation'
import { svgFile, type ChartOnPage } from '../../../charts/svg-file'
import { Button } from '../../../ui/button'
import { Menu, type MenuAction } from '../../../ui/menu'
import { showToast } from '../../../ui/toaster'
import { useSpeculate } from '../context'
import type { SpeculateFeature } from '../feature'
import { download } from '../../../ui/download'
import { roundsCsv } from './rounds-csv'
import { chartsOnPage } from './charts-on-page'

/** The race as JSON, its rounds as CSV, and each chart on the page as SVG. */
export function ExportMenu({ isDisabled }: { readonly isDisabled: boolean }) {
  const feature = useSpeculate()
  const [charts, setCharts] = useState<readonly ChartOnPage[]>([])
  const actions: readonly MenuAction[] = [
    { id: 'json', label: 'Race as JSON', run: () => void exportJson(feature) },
    { id: 'csv', label: 'Rounds as CSV', run: () => exportCsv(feature) },
    ...charts.map(({ name, element }, index) => ({
      id: `svg-${index}`,
      label: `${name} as SVG`,
      startsGroup: index === 0,
      run: () => download(fileName(name, 'svg'), 'image/svg+xml', svgFile(element)),
    })),
  ]
  return (
    <Menu label="Export" actions={actions}>
      <Button variant="ghost" size="sm" isDisabled={isDisabled} onPressStart={() => setCharts(chartsOnPage())}>
        <Download size={14} aria-hidden />
        Export
      </Button>
    </Menu>
  )
}

async function exportJson({ race, studio }: SpeculateFeature): Promise<void> {
  const shown = race.getState().race
  if (shown?.recorded != null) {
    downloadRace(shown.recorded.race)
    return
  }
  const raceId = shown?.raceId
  if (raceId == null) {
    showToast({ tone: 'warn', text: 'The race is not saved yet', detail: 'Export it when it is over.' })
    return
  }
  try {
    downloadRace(await studio.client.speculation.get({ raceId }))
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Exporting a race', error).message })
  }
}

function downloadRace(race: Race): void {
  download(fileName(`race ${race.id}`, 'json'), 'application/json', JSON.stringify(race, null, 1))
}

function exportCsv({ race }: SpeculateFeature): void {
  const shown = race.getState().race
  if (shown !== null) download(fileName(`rounds ${shown.raceId ?? ''}`, 'csv'), 'text/csv', roundsCsv(shown))
}

function fileName(name: string, extension: string): string {
  return `${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}.${extension}`
}
