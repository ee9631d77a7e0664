import { PanelRightClose } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../studio/context'
import { sheetQuery } from '../../studio/layout-store'
import { IconButton } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { ErrorNote } from '../../ui/error-note'
import { useMediaQuery } from '../../ui/hooks'
import { InspectorBar } from './bar/inspector-bar'
import { InspectorContext, useInspector } from './context'
import { DropLayer } from './drop-layer'
import { EmptyView } from './empty/empty-view'
import { FailedView } from './empty/failed-view'
import { OpeningView } from './empty/opening-view'
import { Lesson } from './factorise/lesson'
import { inspectorFeatureOf } from './feature'
import styles from './inspector-panel.module.css'
import { ListColumn } from './list/list-column'
import { loadMeasures } from './measure'
import { OpenedProvider } from './opened-provider'
import { SideColumn } from './side/side-column'
import { Views } from './views'

/** Any model's file from the inside: its parts on the left, the chosen view of it in the middle, one part's card on the right. */
export function InspectorPanel() {
  const feature = inspectorFeatureOf(useStudio())
  const generation = useStore(feature.studio.connection, (state) => state.generation)
  useEffect(() => {
    void loadMeasures(feature)
  }, [feature, generation])
  return (
    <InspectorContext.Provider value={feature}>
      <div className={styles.panel}>
        <Content />
        <DropLayer />
      </div>
    </InspectorContext.Provider>
  )
}

function Content() {
  const { file, view } = useInspector()
  const phase = useStore(file, (state) => state.phase)
  const isLesson = useStore(view, (state) => state.isLesson)
  switch (phase.kind) {
    case 'opening':
      return <OpeningView name={phase.name} sent={phase.sent} />
    case 'failed':
      return <FailedView phase={phase} />
    case 'open':
      return (
        <OpenedProvider key={phase.file.inspection.id} file={phase.file}>
          <Columns />
        </OpenedProvider>
      )
    case 'empty':
      return isLesson ? <Lesson onClose={() => view.setState({ isLesson: false })} /> : <EmptyView />
  }
}

function Columns() {
  const { view, measure } = useInspector()
  const isNarrow = useMediaQuery(sheetQuery)
  const isSideOpen = useStore(view, (state) => state.isSideOpen)
  const failure = useStore(measure, (state) => state.failure)
  // The lesson is about no single part, and needs the room.
  const hasCard = useStore(view, (state) => state.tab !== 'factorise')
  const closeSide = () => view.setState({ isSideOpen: false })
  // A narrow window begins with the sheet put away.
  useEffect(() => {
    view.setState({ isSideOpen: !isNarrow })
  }, [view, isNarrow])
  return (
    <div className={styles.columns} data-side={(isSideOpen && hasCard && !isNarrow) || undefined}>
      <aside className={styles.list} aria-label="Parts of the model" data-region="parts">
        <ListColumn />
      </aside>
      <section className={styles.main} aria-label="Model" data-region="model">
        <InspectorBar />
        {failure === null ? null : (
          <div className={styles.note}>
            <ErrorNote
              failure={failure}
              actions={[{ label: 'Dismiss', run: () => measure.setState({ failure: null }) }]}
            />
          </div>
        )}
        <Views />
      </section>
      {isNarrow ? (
        <Dialog title="Card" kind="sheet" isOpen={isSideOpen && hasCard} onClose={closeSide}>
          <SideColumn />
        </Dialog>
      ) : isSideOpen && hasCard ? (
        <aside className={styles.side} aria-label="Card" data-region="card">
          <div className={styles.closeSide}>
            <IconButton label="Put the card away" onPress={closeSide}>
              <PanelRightClose size={14} strokeWidth={1.75} />
            </IconButton>
          </div>
          <SideColumn />
        </aside>
      ) : null}
    </div>
  )
}
