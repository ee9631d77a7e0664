import { describe, expect, it } from 'vitest'
import { labelsOfPictures } from './precision-truth'

const json = {
  images: [
    { id: 1, file_name: 'shelf/a.jpg', width: 10, height: 10 },
    { id: 2, file_name: 'b.jpg' },
  ],
  annotations: [
    { id: 1, image_id: 1, category_id: 5, bbox: [0, 0, 2, 2], segmentation: [[0, 0, 2, 0, 2, 2]] },
    { id: 2, image_id: 2, category_id: 5, bbox: [1, 1, 2, 2] },
  ],
  categories: [{ id: 5, name: 'cat' }],
}

describe('labels of a comparison', () => {
  it('are those of its pictures alone, without outlines', () => {
    const labels = labelsOfPictures(json, ['a.jpg', 'c.jpg'])
    expect(labels.images.map(({ file_name }) => file_name)).toEqual(['shelf/a.jpg'])
    expect(labels.annotations).toEqual([{ id: 1, image_id: 1, category_id: 5, bbox: [0, 0, 2, 2] }])
  })

  it('are refused where they are of other pictures, or of no form that is known', () => {
    expect(() => labelsOfPictures(json, ['c.jpg'])).toThrow('The labels are of none of these pictures')
    expect(() => labelsOfPictures({ images: [] }, ['a.jpg'])).toThrow('These are not labels in COCO’s form')
    expect(() => labelsOfPictures(null, ['a.jpg'])).toThrow('These are not labels in COCO’s form')
  })
})
