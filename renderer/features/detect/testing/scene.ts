import type { Candidates, DetectionLayers, DetectionResult } from '../../../../contract/detection'

// A made-up scene: boxes by hand, raw boxes around them by a small generator, so that sliders have something to do.

export const sceneSize = { width: 960, height: 640 }

export const sceneClasses = (
  'dog cat car apple banana bear butterfly balloon backpack ball sunflower mushroom ' +
  'castle whale penguin cactus rocket snail lamp clock'
)
  .split(' ')
  .map((name, id) => ({ id, name }))

/** Class, score, left, top, width and height. */
export const sceneThings: readonly (readonly [string, number, number, number, number, number])[] = [
  ['dog', 0.97, 108, 340, 176, 180],
  ['car', 0.96, 602, 434, 235, 154],
  ['cat', 0.94, 340, 401, 150, 153],
  ['bear', 0.93, 770, 204, 148, 151],
  ['apple', 0.91, 276, 255, 84, 86],
  ['backpack', 0.9, 49, 128, 132, 135],
  ['banana', 0.88, 477, 292, 97, 99],
  ['butterfly', 0.84, 484, 74, 101, 101],
  ['balloon', 0.81, 673, 43, 83, 125],
  ['cat', 0.81, 243, 96, 106, 108],
  ['ball', 0.78, 536, 517, 92, 94],
  ['apple', 0.78, 862, 505, 81, 83],
  ['sunflower', 0.69, 865, 64, 74, 76],
  ['mushroom', 0.57, 45, 534, 70, 72],
]

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** The things with `raw` weaker boxes around and between them. */
export function sceneCandidates(seed = 1, raw = 180): Candidates {
  const random = generator(seed)
  const rows = sceneThings.map(([name, score, left, top, width, height]) => ({
    classId: sceneClasses.findIndex((one) => one.name === name),
    score: Math.min(0.99, score + (random() - 0.5) * 0.02 * (seed - 1)),
    box: [left, top, left + width, top + height] as const,
  }))
  const strong = rows.length
  while (rows.length < raw) {
    const near = rows[Math.floor(random() * strong)]!
    const score = 0.01 + 0.5 * random() ** 3
    const shift = (size: number) => (random() - 0.5) * size * (random() < 0.7 ? 0.3 : 2)
    const [left, top, right, bottom] = near.box
    const [dx, dy] = [shift(right - left), shift(bottom - top)]
    rows.push({
      classId: random() < 0.6 ? near.classId : Math.floor(random() * sceneClasses.length),
      score,
      box: [left + dx, top + dy, right + dx, bottom + dy],
    })
  }
  rows.sort((a, b) => b.score - a.score)
  return {
    boxes: rows.flatMap(({ box }) => [...box]),
    scores: rows.map(({ score }) => score),
    classIds: rows.map(({ classId }) => classId),
  }
}

export function sceneResult(changes: Partial<DetectionResult> = {}): DetectionResult {
  return {
    ...sceneSize,
    candidates: sceneCandidates(),
    timings: { decode: 2.1, prepare: 1, network: 16.8, finish: 1.9 },
    provider: 'cpu',
    threads: 8,
    precision: 'float32',
    notes: [],
    ...changes,
  }
}

/** Attention that is high where things are, and the things' boxes as proposals. */
export function sceneLayers(): DetectionLayers {
  const [columns, rows] = [20, 20]
  const random = generator(3)
  const attention = Array.from({ length: columns * rows }, (_, cell) => {
    const x = ((cell % columns) + 0.5) * (sceneSize.width / columns)
    const y = (Math.floor(cell / columns) + 0.5) * (sceneSize.height / rows)
    const inside = sceneThings.some(
      ([, , left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height,
    )
    return inside ? 0.6 + 0.4 * random() : 0.25 * random()
  })
  const { boxes, scores } = sceneCandidates(5, 200)
  const sides = [24, 44, 80, 144, 256]
  return {
    grid: { columns, rows },
    anchors: sides.flatMap((side) =>
      [0.5, 0.75, 1, 4 / 3, 2].map((ratio) => ({
        side,
        ratio,
        width: side * Math.sqrt(1 / ratio) * 3,
        height: side * Math.sqrt(ratio) * 2,
      })),
    ),
    anchorCentre: { x: 24, y: 16, stepX: 48, stepY: 32 },
    proposals: { boxes, scores },
    attention,
    timings: {
      decode: 2.1,
      prepare: 1,
      network: 17.4,
      stages: { rpn: 11.2, proposals: 2.6, head: 3.6 },
      finish: 1.9,
    },
  }
}
