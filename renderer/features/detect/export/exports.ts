import type { DetectorClass } from '../../../../contract/detection'
import {
  toCocoJson,
  toCsv,
  toVocXml,
  toYoloClasses,
  toYoloText,
  type ExportPicture,
} from '../../../../contract/detection-exports'
import { downloadBlob } from '../../../ui/download'
import { plural } from '../../../ui/format'
import { showToast } from '../../../ui/toaster'
import { assetFile } from '../asset-file'
import type { DetectFeature } from '../feature'
import { classNamer, factsOnStage } from '../selectors'
import { annotatedPicture } from './annotated-picture'
import { picturesOfRun } from './run-pictures'
import { zipFile } from './zip-file'

export type ExportFormat = 'coco' | 'yolo' | 'voc' | 'csv' | 'png'

export const exportNames: Readonly<Record<ExportFormat, string>> = {
  coco: 'COCO JSON',
  yolo: 'YOLO text',
  voc: 'VOC XML',
  csv: 'CSV',
  png: 'Picture with boxes',
}

/** Why nothing can be exported, in words; null where something can. */
export function whyNotExport({ stage }: DetectFeature): string | null {
  return stage.getState().looked === null ? 'Nothing was looked at yet' : null
}

/** Saves what is on the stage, as the sliders, the hidden classes and the way of suppression have it. */
export async function exportPicture(feature: DetectFeature, format: ExportFormat): Promise<void> {
  const { stage, boxes, video } = feature
  const { picture, looked } = stage.getState()
  if (looked === null) return
  const name = picture?.name ?? `${video.store.getState().name || 'frame'}.jpg`
  const { width, height } = looked.result
  const one: ExportPicture = { name, width, height, boxes: boxes.shown() }
  if (format === 'png') return exportAnnotated(feature, name)
  const [extension, type, text] = textOf(format, [one], factsOnStage(feature)?.classes ?? [])
  downloadBlob(`${stem(name)}${extension}`, new Blob([text], { type }))
}

function textOf(
  format: Exclude<ExportFormat, 'png'>,
  pictures: readonly ExportPicture[],
  classes: readonly DetectorClass[],
): readonly [extension: string, type: string, text: string] {
  const [first] = pictures
  switch (format) {
    case 'coco':
      return ['.json', 'application/json', toCocoJson(pictures, classes)]
    case 'csv':
      return ['.csv', 'text/csv', toCsv(pictures, classes)]
    case 'yolo':
      return ['.txt', 'text/plain', first === undefined ? '' : toYoloText(first, classes)]
    case 'voc':
      return ['.xml', 'application/xml', first === undefined ? '' : toVocXml(first, classes)]
  }
}

/** Saves a whole folder run: one file where the format holds many pictures, else an archive of one file a picture. */
export async function exportRun(feature: DetectFeature, format: Exclude<ExportFormat, 'png'>): Promise<void> {
  const { run } = feature.list.store.getState()
  if (run === null) return
  showToast({ id: 'export', text: `Gathering ${plural(run.done, 'picture')}`, detail: exportNames[format] })
  try {
    const { pictures, classes } = await picturesOfRun(feature, run)
    const name = stem(run.name.replace(/[/\\]+/g, '-')) || 'folder'
    if (format === 'coco' || format === 'csv') {
      const [extension, type, text] = textOf(format, pictures, classes)
      downloadBlob(`${name}${extension}`, new Blob([text], { type }))
    } else {
      const entries = pictures.map((picture) => {
        const [extension, , text] = textOf(format, [picture], classes)
        return { name: `${stem(picture.name)}${extension}`, text }
      })
      const list = format === 'yolo' ? [{ name: 'classes.txt', text: toYoloClasses(classes) }] : []
      downloadBlob(`${name}-${format}.zip`, zipFile([...list, ...entries]))
    }
    showToast({ id: 'export', tone: 'ok', text: `${plural(pictures.length, 'picture')} exported` })
  } catch (error) {
    const failure = feature.studio.report('Exporting a folder run', error)
    showToast({ id: 'export', tone: 'fail', text: 'The run could not be exported', detail: failure.message })
  }
}

async function exportAnnotated(feature: DetectFeature, name: string): Promise<void> {
  const { stage, boxes, form, studio } = feature
  const assetId = stage.getState().picture?.assetId
  if (assetId == null) {
    showToast({
      tone: 'warn',
      text: 'Only a picture can be exported with its boxes',
      detail: 'Frames of a video are not kept.',
    })
    return
  }
  try {
    const picture = await createImageBitmap(await assetFile(studio, assetId, name))
    const nameOf = classNamer(factsOnStage(feature))
    const blob = await annotatedPicture({ picture, boxes: boxes.shown(), labels: form.getState().labels, nameOf })
    downloadBlob(`${stem(name)}-boxes.png`, blob)
  } catch (error) {
    showToast({
      tone: 'fail',
      text: 'The picture could not be made',
      detail: studio.report('Painting boxes', error).message,
    })
  }
}

/** A name without its last extension. */
function stem(name: string): string {
  return name.replace(/\.[^./\\]+$/, '')
}
