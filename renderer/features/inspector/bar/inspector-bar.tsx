import { GitCompare, PanelRight, Square, Timer, X } from 'lucide-react'
import { useStore } from 'zustand'
import { sheetQuery } from '../../../studio/layout-store'
import { Button, IconButton } from '../../../ui/button'
import { Tag } from '../../../ui/chip'
import { useMediaQuery } from '../../../ui/hooks'
import { Popover } from '../../../ui/popover'
import { Progress } from '../../../ui/progress'
import { Segmented } from '../../../ui/segmented'
import { useInspector, useOpened } from '../context'
import { OpenForm } from '../empty/open-form'
import { compareWith, compareWithFiles } from '../compare'
import { measureFile, stopMeasuring } from '../measure'
import { metricNames, metricWords, type Metric } from '../model/costs'
import { shortCount } from '../model/figures'
import { closeFile } from '../open-file'
import styles from './inspector-bar.module.css'

const metrics: readonly Metric[] = ['parameters', 'macs', 'time']

/** What is open and what it costs in all; what the views are weighed by; what can be done with it. */
export function InspectorBar() {
  const feature = useInspector()
  const { inspection, costs } = useOpened()
  const metric = useStore(feature.view, (state) => state.metric)
  const isSideOpen = useStore(feature.view, (state) => state.isSideOpen)
  const isNarrow = useMediaQuery(sheetQuery)
  const isGraph = inspection.nodes.length > 0
  const precision = inspection.precisions[0]?.dtype
  return (
    <div className={styles.bar}>
      <div className={styles.row}>
        <b className={styles.name} title={inspection.path}>
          {shownName(inspection.name)}
        </b>
        {precision === undefined ? null : <Tag>{precision}</Tag>}
        <span className={styles.totals} role="status" aria-label="Totals">
          {[
            `${shortCount(inspection.parameters)} parameters`,
            ...(isGraph ? [macsWords(costs.total.macs)] : []),
            ...(costs.total.time === null ? [] : [metricWords('time', costs.total.time)]),
          ].join(', ')}
        </span>
        {isGraph ? (
          <>
            <Segmented
              size="sm"
              label="Weigh by"
              value={metric}
              options={metrics.map((key) => ({ key, label: metricNames[key] }))}
              onChange={(next) => feature.view.setState({ metric: next })}
            />
            <Measure />
          </>
        ) : null}
        <Popover
          label="Compare with another file"
          trigger={
            <Button size="sm" variant="ghost" aria-label="Compare with another file">
              <GitCompare size={14} aria-hidden />
            </Button>
          }
        >
          {(close) => (
            <div className={styles.popover}>
              <OpenForm
                onSource={(source, name) => {
                  close()
                  void compareWith(feature, source, name)
                }}
                onFiles={(files) => {
                  close()
                  void compareWithFiles(feature, files)
                }}
              />
            </div>
          )}
        </Popover>
        {isNarrow || !isSideOpen ? (
          <IconButton label="Show the card" onPress={() => feature.view.setState({ isSideOpen: true })}>
            <PanelRight size={14} strokeWidth={1.75} />
          </IconButton>
        ) : null}
        <IconButton label="Close this file" onPress={() => closeFile(feature)}>
          <X size={14} strokeWidth={1.75} />
        </IconButton>
      </div>
    </div>
  )
}

/** Without its folder, which the window's title has, unless the folder is all that tells it from others. */
function shownName(name: string): string {
  const file = name.split(/[\\/]/).at(-1) ?? name
  return file.startsWith('model.') ? name : file
}

function macsWords(macs: number | null): string {
  return macs === null ? 'MACs need dims' : metricWords('macs', macs)
}

function Measure() {
  const feature = useInspector()
  const jobId = useStore(feature.measure, (state) => state.jobId)
  const hasProfile = useStore(feature.measure, (state) => state.profile !== null)
  const progress = useStore(feature.studio.jobs, (state) => (jobId === null ? undefined : state.progress[jobId]))
  if (jobId === null) {
    return (
      <Button size="sm" variant={hasProfile ? 'default' : 'primary'} onPress={() => void measureFile(feature)}>
        <Timer size={14} aria-hidden />
        {hasProfile ? 'Measure again' : 'Measure'}
      </Button>
    )
  }
  const fraction = progress?.fraction ?? 0
  return (
    <span className={styles.measuring}>
      <span className={styles.progress}>
        <span>{progress?.label ?? 'Waiting to measure'}</span>
        <Progress label="Measuring" fraction={fraction} />
      </span>
      <Button size="sm" onPress={() => void stopMeasuring(feature, jobId)}>
        <Square size={12} strokeWidth={2} aria-hidden />
        Stop
      </Button>
    </span>
  )
}
