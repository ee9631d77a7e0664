import { createStore, type StoreApi } from 'zustand/vanilla'
import { fitted, type Viewport } from '../../ui/viewport'

/** What the pointer is on, in whichever view; the others light up the same. */
export type Mark =
  | { readonly kind: 'box'; readonly candidate: number }
  | { readonly kind: 'class'; readonly classId: number }
  /** A box of the model that is compared with. */
  | { readonly kind: 'rival'; readonly candidate: number }
  /** A label that no box has found. */
  | { readonly kind: 'label'; readonly label: number }

export type SortKey = 'class' | 'score' | 'x' | 'y' | 'width' | 'height'
export type SideTab = 'objects' | 'compare' | 'truth'

export interface GridCell {
  readonly column: number
  readonly row: number
}

export interface ViewState {
  readonly mark: Mark | null
  /** The chosen box, by its place among the candidates. */
  readonly selected: number | null
  /** While a key is held, the picture shows without anything on it. */
  readonly isPeeking: boolean
  readonly hiddenClasses: ReadonlySet<number>
  /** The one class that is shown; null shows all that are not hidden. */
  readonly soloClass: number | null
  readonly showsAttention: boolean
  readonly showsProposals: boolean
  readonly showsAnchors: boolean
  /** How many proposals are drawn, the best first. */
  readonly proposals: number
  /** The cell whose anchors are drawn: under the pointer, or pinned by a press. */
  readonly cell: GridCell | null
  readonly isCellPinned: boolean
  readonly sort: { readonly key: SortKey; readonly isDown: boolean }
  readonly viewport: Viewport
  readonly sideTab: SideTab
  /** In a narrow window the side column lies over the stage. */
  readonly isSheetOpen: boolean
  readonly isHistoryOpen: boolean
}

export type ViewStore = StoreApi<ViewState>

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({
    mark: null,
    selected: null,
    isPeeking: false,
    hiddenClasses: new Set(),
    soloClass: null,
    showsAttention: false,
    showsProposals: false,
    showsAnchors: false,
    proposals: 100,
    cell: null,
    isCellPinned: false,
    sort: { key: 'score', isDown: true },
    viewport: fitted,
    sideTab: 'objects',
    isSheetOpen: false,
    isHistoryOpen: false,
  }))
}

/** Sets the mark, without waking anyone where it is the same. */
export function setMark(view: ViewStore, mark: Mark | null): void {
  const old = view.getState().mark
  if (old === mark) return
  if (old !== null && mark !== null && placeOf(old) === placeOf(mark)) return
  view.setState({ mark })
}

function placeOf(mark: Mark): string {
  switch (mark.kind) {
    case 'box':
    case 'rival':
      return `${mark.kind} ${mark.candidate}`
    case 'class':
      return `class ${mark.classId}`
    case 'label':
      return `label ${mark.label}`
  }
}

export function toggleClass(view: ViewStore, classId: number): void {
  view.setState(({ hiddenClasses }) => {
    const next = new Set(hiddenClasses)
    if (!next.delete(classId)) next.add(classId)
    return { hiddenClasses: next, soloClass: null }
  })
}

export function toggleSolo(view: ViewStore, classId: number): void {
  view.setState(({ soloClass }) => ({ soloClass: soloClass === classId ? null : classId }))
}

export function showAllClasses(view: ViewStore): void {
  view.setState({ hiddenClasses: new Set(), soloClass: null })
}

/** What belongs to one picture alone goes with it. */
export function forgetPicture(view: ViewStore): void {
  view.setState({ mark: null, selected: null, viewport: fitted, cell: null, isCellPinned: false })
}
