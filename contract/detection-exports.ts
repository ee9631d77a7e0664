import type { DetectedBox, DetectorClass } from './detection'

// Boxes as the files that other programs read. Text in, text out: who saves them is another matter.

/** A picture with the boxes that its filter let pass. */
export interface ExportPicture {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly boxes: readonly DetectedBox[]
}

/** Two decimals are a hundredth of a pixel. */
function pixels(value: number): number {
  return Math.round(value * 100) / 100
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}

function nameOf(classes: readonly DetectorClass[], classId: number): string {
  return classes.find(({ id }) => id === classId)?.name ?? `class ${classId}`
}

/**
 * COCO's JSON with images, annotations and categories. Each annotation has its score, so that `annotations` alone is also what
 * pycocotools' `loadRes` reads.
 */
export function toCocoJson(pictures: readonly ExportPicture[], classes: readonly DetectorClass[]): string {
  const annotations = pictures.flatMap(({ boxes }, picture) =>
    boxes.map(({ box: [left, top, right, bottom], classId, score }) => ({
      image_id: picture + 1,
      category_id: classId,
      bbox: [pixels(left), pixels(top), pixels(right - left), pixels(bottom - top)],
      area: pixels((right - left) * (bottom - top)),
      iscrowd: 0,
      score: rounded(score, 6),
    })),
  )
  const dataset = {
    images: pictures.map(({ name, width, height }, index) => ({ id: index + 1, file_name: name, width, height })),
    annotations: annotations.map((annotation, index) => ({ id: index + 1, ...annotation })),
    categories: classes.map(({ id, name }) => ({ id, name })),
  }
  return `${JSON.stringify(dataset, null, 1)}\n`
}

/**
 * YOLO's text for one picture: a line for each box with the place of its class in the list, centre, width and height as shares of the
 * picture's sides, and the score where it is asked for (training files have none).
 */
export function toYoloText(
  { width, height, boxes }: ExportPicture,
  classes: readonly DetectorClass[],
  options: { readonly scores: boolean } = { scores: true },
): string {
  return boxes
    .map(({ box: [left, top, right, bottom], classId, score }) => {
      const place = classes.findIndex(({ id }) => id === classId)
      const numbers = [
        (left + right) / 2 / width,
        (top + bottom) / 2 / height,
        (right - left) / width,
        (bottom - top) / height,
      ]
      const shares = [...numbers, ...(options.scores ? [score] : [])].map((share) => share.toFixed(6))
      return `${place} ${shares.join(' ')}\n`
    })
    .join('')
}

/** The classes in the order of YOLO's numbers, one a line. */
export function toYoloClasses(classes: readonly DetectorClass[]): string {
  return classes.map(({ name }) => `${name}\n`).join('')
}

function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  // What XML 1.0 cannot hold, not even escaped, goes.
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character]!)
}

/** Pascal VOC's XML for one picture. Corners are whole pixels, counted from 1, both inside the box. */
export function toVocXml({ name, width, height, boxes }: ExportPicture, classes: readonly DetectorClass[]): string {
  const place = (value: number, most: number): number => Math.min(most, Math.max(1, Math.round(value)))
  const objects = boxes.map(({ box: [left, top, right, bottom], classId, score }) => {
    const [xmin, ymin] = [place(left + 1, width), place(top + 1, height)]
    const [xmax, ymax] = [Math.max(xmin, place(right, width)), Math.max(ymin, place(bottom, height))]
    return `  <object>
    <name>${xml(nameOf(classes, classId))}</name>
    <pose>Unspecified</pose>
    <truncated>0</truncated>
    <difficult>0</difficult>
    <score>${score.toFixed(6)}</score>
    <bndbox>
      <xmin>${xmin}</xmin>
      <ymin>${ymin}</ymin>
      <xmax>${xmax}</xmax>
      <ymax>${ymax}</ymax>
    </bndbox>
  </object>
`
  })
  const slash = Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'))
  return `<annotation>
  <folder>${xml(slash < 0 ? '' : name.slice(0, slash))}</folder>
  <filename>${xml(name.slice(slash + 1))}</filename>
  <size>
    <width>${width}</width>
    <height>${height}</height>
    <depth>3</depth>
  </size>
  <segmented>0</segmented>
${objects.join('')}</annotation>
`
}

/** A cell as RFC 4180 has it. */
function cell(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A row for each box, with corners in pixels. */
export function toCsv(pictures: readonly ExportPicture[], classes: readonly DetectorClass[]): string {
  const rows = pictures.flatMap(({ name, width, height, boxes }) =>
    boxes.map(({ box, classId, score }) => [
      name,
      width,
      height,
      nameOf(classes, classId),
      classId,
      rounded(score, 6),
      ...box.map(pixels),
    ]),
  )
  const head = ['file', 'width', 'height', 'class', 'class_id', 'score', 'left', 'top', 'right', 'bottom']
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}
