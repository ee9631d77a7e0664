import { detectAgain, removePicture } from './actions'
import { exportNames, exportPicture, whyNotExport } from './export/exports'
import type { DetectFeature } from './feature'
import { changeFilter, stepScore, type LabelDensity } from './form-store'
import { whyNoLayers } from './layers'
import { stopRun } from './run-actions'
import { pasteClipboard } from './source/paste'
import { pickFiles, pickFolder, pickTruth } from './source/pick'
import { toggleCamera } from './source/toggle-camera'
import { showAllClasses } from './view-store'

/** An action of the panel, for the palette and for keys that act anywhere in it. */
export interface DetectAction {
  readonly id: string
  readonly title: string
  readonly keys?: string
  readonly disabledReason?: () => string | null
  readonly run: () => void
}

export function detectActions(feature: DetectFeature): readonly DetectAction[] {
  const { form, view, stage, list } = feature
  const needsPicture = () => (stage.getState().picture?.assetId == null ? 'No picture is on the stage' : null)
  const layerReason = () => whyNoLayers(feature)
  const runOnStrip = () => list.store.getState().run
  const labels = (density: LabelDensity) => () => form.setState({ labels: density })
  return [
    {
      id: 'run',
      title: 'Look at the picture again',
      keys: '$mod+Enter',
      disabledReason: needsPicture,
      run: () => void detectAgain(feature),
    },
    { id: 'file', title: 'Find things in a file', keys: '$mod+o', run: () => void pickFiles(feature) },
    {
      id: 'folder',
      title: 'Find things in all pictures of a folder',
      keys: '$mod+Shift+Enter',
      run: () => void pickFolder(feature),
    },
    { id: 'paste', title: 'Find things in the picture on the clipboard', run: () => void pasteClipboard(feature) },
    { id: 'camera', title: 'Switch the camera on or off', run: () => toggleCamera(feature) },
    {
      id: 'stopFolder',
      title: 'Stop the folder run, and keep what is done',
      disabledReason: () => (runOnStrip() === null ? 'No folder run is shown' : null),
      run: () => {
        const run = runOnStrip()
        if (run !== null) void stopRun(feature, run)
      },
    },
    { id: 'history', title: 'Earlier pictures and folders', run: () => view.setState({ isHistoryOpen: true }) },
    { id: 'labelsNone', title: 'Boxes without labels', run: labels('none') },
    { id: 'labelsClass', title: 'Boxes with their class', run: labels('class') },
    { id: 'labelsScore', title: 'Boxes with class and score', run: labels('score') },
    { id: 'allClasses', title: 'Show all classes', run: () => showAllClasses(view) },
    { id: 'raise', title: 'Raise the score threshold', run: () => stepScore(form, 1) },
    { id: 'lower', title: 'Lower the score threshold', run: () => stepScore(form, -1) },
    {
      id: 'acrossClasses',
      title: 'Let classes suppress each other, or not',
      run: () => changeFilter(form, { acrossClasses: !form.getState().filter.acrossClasses }),
    },
    {
      id: 'attention',
      title: 'Show or hide the attention map',
      disabledReason: layerReason,
      run: () => view.setState(({ showsAttention }) => ({ showsAttention: !showsAttention })),
    },
    {
      id: 'proposals',
      title: 'Show or hide proposals',
      disabledReason: layerReason,
      run: () => view.setState(({ showsProposals }) => ({ showsProposals: !showsProposals })),
    },
    {
      id: 'anchors',
      title: 'Show or hide anchors',
      disabledReason: layerReason,
      run: () =>
        view.setState(({ showsAnchors }) => ({ showsAnchors: !showsAnchors, cell: null, isCellPinned: false })),
    },
    {
      id: 'compare',
      title: 'Compare with another model or precision',
      run: () => view.setState({ sideTab: 'compare', isSheetOpen: true }),
    },
    { id: 'truth', title: 'Open labels to hold the detector against', run: () => void pickTruth(feature) },
    ...(['coco', 'yolo', 'voc', 'csv', 'png'] as const).map((format) => ({
      id: `export-${format}`,
      title: `Export as ${exportNames[format]}`,
      disabledReason: () => whyNotExport(feature),
      run: () => void exportPicture(feature, format),
    })),
    {
      id: 'remove',
      title: 'Take the picture off the list',
      disabledReason: needsPicture,
      run: () => {
        const id = stage.getState().picture?.detectionId
        if (id != null) removePicture(feature, id)
      },
    },
  ]
}
