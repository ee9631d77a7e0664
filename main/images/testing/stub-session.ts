import type { GraphSession, ValueInfo } from '../../runtime/graph-session'
import type { Tensor } from '../../tensor/tensor'
import { GraphRunner } from '../graph-runner'

/** A value's name, element type and shape: `['sample', 'float32', [1, 3]]`. */
export type Declared = readonly [name: string, dtype: ValueInfo['dtype'], shape: ValueInfo['shape']]

/** A session that answers from a function. */
export function stubSession(
  role: string,
  inputs: readonly Declared[],
  outputs: readonly Declared[],
  run: (feeds: Readonly<Record<string, Tensor>>) => Record<string, Tensor> = () => ({}),
): GraphSession {
  const declare = ([name, dtype, shape]: Declared): ValueInfo => ({ name, dtype, shape })
  return {
    role,
    path: `/models/stub/${role}/model.onnx`,
    provider: 'cpu',
    bytes: 0,
    runMilliseconds: 0,
    inputs: inputs.map(declare),
    outputs: outputs.map(declare),
    run: async (feeds) => run(feeds),
    release: async () => undefined,
  }
}

/** A runner that is never cancelled and tells nobody. */
export function stubRunner(): GraphRunner {
  return new GraphRunner({
    open: async () => {
      throw new Error('A stub opens nothing')
    },
    stageDone: async () => undefined,
    emit: () => undefined,
    isCancelled: () => false,
    now: () => performance.now(),
  })
}
