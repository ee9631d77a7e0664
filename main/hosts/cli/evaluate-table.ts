import type { DetectionEvaluation } from '../../../contract/detection-evaluation'

type Row = readonly [kind: 'AP' | 'AR', iou: string, area: string, most: number, value: number | null]

function rowsOf({ averagePrecision: ap, averageRecall: ar }: DetectionEvaluation): readonly Row[] {
  const whole = '0.50:0.95'
  return [
    ['AP', whole, 'all', 100, ap.all],
    ['AP', '0.50', 'all', 100, ap.at50],
    ['AP', '0.75', 'all', 100, ap.at75],
    ['AP', whole, 'small', 100, ap.small],
    ['AP', whole, 'medium', 100, ap.medium],
    ['AP', whole, 'large', 100, ap.large],
    ['AR', whole, 'all', 1, ar.at1],
    ['AR', whole, 'all', 10, ar.at10],
    ['AR', whole, 'all', 100, ar.at100],
    ['AR', whole, 'small', 100, ar.small],
    ['AR', whole, 'medium', 100, ar.medium],
    ['AR', whole, 'large', 100, ar.large],
  ]
}

/** -1.000 where nothing is labelled that the figure could be of, as pycocotools has it. */
function figure(value: number | null): string {
  return (value ?? -1).toFixed(3)
}

/** COCO's twelve lines as pycocotools prints them, and Pascal VOC's two below. */
export function evaluationTable(evaluation: DetectionEvaluation): string {
  const lines = rowsOf(evaluation).map(([kind, iou, area, most, value]) => {
    const title = kind === 'AP' ? 'Average Precision' : 'Average Recall'
    const conditions = `IoU=${iou.padEnd(9)} | area=${area.padStart(6)} | maxDets=${String(most).padStart(3)}`
    return ` ${title.padEnd(18)} (${kind}) @[ ${conditions} ] = ${figure(value)}`
  })
  const { voc07, voc10 } = evaluation.voc
  return [
    ...lines,
    ` Pascal VOC 2007 (11 recalls)   (mAP) @ IoU=0.50 = ${figure(voc07)}`,
    ` Pascal VOC 2010 (area)         (mAP) @ IoU=0.50 = ${figure(voc10)}`,
    '',
  ].join('\n')
}
