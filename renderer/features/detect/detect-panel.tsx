import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { sheetQuery } from '../../studio/layout-store'
import { useStudio } from '../../studio/context'
import { Dialog } from '../../ui/dialog'
import { useMediaQuery } from '../../ui/hooks'
import { settleModel } from './actions'
import { followCompare } from './compare'
import { DetectContext, useDetect, type DetectExits } from './context'
import styles from './detect-panel.module.css'
import { DropLayer } from './drop-layer'
import { detectFeatureOf } from './feature'
import { followRun } from './follow-run'
import { greet } from './greet'
import { HistorySheet } from './history/history-sheet'
import { useDetectKeys } from './keys'
import { followLayers } from './layers'
import { SideColumn } from './side/side-column'
import { SourceColumn } from './source/source-column'
import { Stage } from './stage/stage'
import { Strip } from './strip/strip'
import { FootBar } from './tools/foot-bar'
import { ToolsBar } from './tools/tools-bar'
import { useParcel } from './use-parcel'
import { useTakenPaste } from './use-taken-paste'
import { VideoControls } from './video/video-controls'

/** Where pictures come from on the left, the picture with its boxes in the middle, what was found on the right. */
export function DetectPanel({ exits }: { readonly exits: DetectExits }) {
  const feature = detectFeatureOf(useStudio())
  const whole = useMemo(
    () => ({ feature, exits }),
    // The exits are made anew with each drawing of the shell, and do the same each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [feature],
  )
  return (
    <DetectContext.Provider value={whole}>
      <Columns />
    </DetectContext.Provider>
  )
}

function Columns() {
  const feature = useDetect()
  const { view } = feature
  const isNarrow = useMediaQuery(sheetQuery)
  const isSheetOpen = useStore(view, (state) => state.isSheetOpen)
  useLifeOfPanel()
  useDetectKeys(feature)
  useTakenPaste(feature)
  useParcel(feature)
  return (
    <div className={styles.columns}>
      <SourceColumn />
      <section className={styles.main} aria-label="Picture">
        <ToolsBar />
        <Stage />
        <VideoControls />
        <Strip />
        <FootBar />
      </section>
      {isNarrow ? (
        <Dialog
          title="What was found"
          kind="sheet"
          isOpen={isSheetOpen}
          onClose={() => view.setState({ isSheetOpen: false })}
        >
          <div className={styles.sheet}>
            <SideColumn />
          </div>
        </Dialog>
      ) : (
        <aside className={styles.side} aria-label="What was found" data-region="side">
          <SideColumn />
        </aside>
      )}
      <HistorySheet />
      <DropLayer />
    </div>
  )
}

/** Follows what the core does for as long as the panel is open, and brings back what was on the stage before a reload. */
function useLifeOfPanel(): void {
  const feature = useDetect()
  const { studio } = feature
  const generation = useStore(studio.connection, (state) => state.generation)
  const isLoaded = useStore(studio.models, (state) => state.isLoaded)
  useEffect(() => {
    if (!isLoaded) return
    settleModel(feature)
    void greet(feature)
  }, [feature, isLoaded, generation])
  useEffect(() => {
    const stops = [followRun(feature), followLayers(feature), followCompare(feature)]
    return () => {
      for (const stop of stops) stop()
      // A camera that nobody sees does not stay on.
      feature.video.close()
    }
  }, [feature])
}
