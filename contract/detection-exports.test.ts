import { describe, expect, it } from 'vitest'
import type { DetectorClass } from './detection'
import { toCocoJson, toCsv, toVocXml, toYoloClasses, toYoloText, type ExportPicture } from './detection-exports'
import { labelsOf, parseCocoTruth } from './detection-truth'

const classes: DetectorClass[] = [
  { id: 3, name: 'cat' },
  { id: 7, name: 'a "wild" <fox>, red' },
]
const picture: ExportPicture = {
  name: 'garden/one.jpg',
  width: 200,
  height: 100,
  boxes: [
    { box: [10, 20, 50, 60], classId: 3, score: 0.87654321, candidate: 0 },
    { box: [0, 0, 200, 100], classId: 7, score: 0.5, candidate: 4 },
  ],
}

describe('boxes as files', () => {
  it('come back from COCO’s JSON as labels', () => {
    const text = toCocoJson([{ ...picture, name: 'empty.jpg', boxes: [] }, picture], classes)
    const truth = parseCocoTruth(JSON.parse(text))
    expect(labelsOf(truth, 'one.jpg', classes)?.map(({ box, classId }) => ({ box, classId }))).toEqual(
      picture.boxes.map(({ box, classId }) => ({ box, classId })),
    )
    expect(labelsOf(truth, 'empty.jpg', classes)).toEqual([])
    const { annotations } = JSON.parse(text) as { annotations: unknown[] }
    expect(annotations[0]).toEqual({
      id: 1,
      image_id: 2,
      category_id: 3,
      bbox: [10, 20, 40, 40],
      area: 1600,
      iscrowd: 0,
      score: 0.876543,
    })
  })

  it('are shares of the sides for YOLO, with the place of the class in the list', () => {
    expect(toYoloText(picture, classes)).toBe(
      '0 0.150000 0.400000 0.200000 0.400000 0.876543\n1 0.500000 0.500000 1.000000 1.000000 0.500000\n',
    )
    expect(toYoloText(picture, classes, { scores: false })).toBe(
      '0 0.150000 0.400000 0.200000 0.400000\n1 0.500000 0.500000 1.000000 1.000000\n',
    )
    expect(toYoloClasses(classes)).toBe('cat\na "wild" <fox>, red\n')
  })

  it('are whole pixels counted from 1 for VOC, with names that stay XML', () => {
    const text = toVocXml(picture, classes)
    expect(text).toContain('<folder>garden</folder>\n  <filename>one.jpg</filename>')
    expect(text).toContain('<name>a &quot;wild&quot; &lt;fox&gt;, red</name>')
    const corners = [...text.matchAll(/<(?:xmin|ymin|xmax|ymax)>(\d+)</g)].map(([, value]) => Number(value))
    expect(corners).toEqual([11, 21, 50, 60, 1, 1, 200, 100])
  })

  it('are rows of CSV with names quoted where they need it', () => {
    expect(toCsv([picture], classes).split('\r\n')).toEqual([
      'file,width,height,class,class_id,score,left,top,right,bottom',
      'garden/one.jpg,200,100,cat,3,0.876543,10,20,50,60',
      'garden/one.jpg,200,100,"a ""wild"" <fox>, red",7,0.5,0,0,200,100',
      '',
    ])
  })
})
