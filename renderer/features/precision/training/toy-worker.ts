import { createToy, stepToy, toyAnswer, type ToyOptions, type ToyState, type ToyStep } from '../../../../contract/precision-toy'
import { mapSide, type ToyNews } from './toy-news'

// Trains two small networks side by side, away from the page: one in float32, one as it was asked for.

const stepsAtOnce = 5
/** As long as a frame takes: faster would be more than eyes can follow. */
const pauseMilliseconds = 16

let turn = 0

self.onmessage = ({ data }: MessageEvent<ToyOptions | null>) => {
  turn += 1
  if (data !== null) void train(data, turn)
}

async function train(options: ToyOptions, mine: number): Promise<void> {
  let reference = createToy({ ...options, format: 'fp32', masterWeights: true, lossScale: 1, wideSums: true })
  let own = createToy(options)
  while (mine === turn && own.step < 2000) {
    let last: ToyStep | null = null
    let plain: ToyStep | null = null
    for (let count = 0; count < stepsAtOnce; count++) {
      plain = stepToy(reference)
      last = stepToy(own)
      reference = plain.state
      own = last.state
    }
    if (last === null || plain === null) return
    const news: ToyNews = {
      step: own.step,
      loss: last.loss,
      referenceLoss: plain.loss,
      accuracy: last.accuracy,
      referenceAccuracy: plain.accuracy,
      scale: own.scale,
      lostUpdates: last.lostUpdates,
      gradients: last.gradients,
      map: answersOf(own),
    }
    self.postMessage(news)
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
  }
}

/** The network's answers on a grid over -1 to 1, row by row from the top. */
function answersOf(state: ToyState): Float32Array {
  return Float32Array.from({ length: mapSide * mapSide }, (_, at) => {
    const place = (index: number) => ((index + 0.5) / mapSide) * 2 - 1
    return toyAnswer(state, place(at % mapSide), -place(Math.floor(at / mapSide)))
  })
}
