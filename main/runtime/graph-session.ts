import type { Provider } from '../../contract/devices'
import type { Dtype, Tensor } from '../tensor/tensor'

/** What a graph declares about one input or output. A dimension is a number, or a name where it is free. */
export interface ValueInfo {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly (number | string)[]
}

/** A loaded graph. Engines see this and nothing of onnxruntime. */
export interface GraphSession {
  /** The graph's part in its model, such as `transformer`. */
  readonly role: string
  readonly path: string
  readonly provider: Provider
  /** Bytes of the graph and its weights on disk. */
  readonly bytes: number
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Time spent in all runs so far: what is left of a task's time was spent around the graphs. */
  readonly runMilliseconds: number
  /**
   * Runs the graph; blocks this thread meanwhile. Inputs are not copied, outputs are fresh arrays.
   * @param fetches outputs to return; all of them where absent
   * @throws StudioError INVALID_INPUT where names, dtypes or shapes do not fit, OUT_OF_MEMORY, DEVICE_UNAVAILABLE, INTERNAL
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>
  /** Frees the native memory. Calling it again does nothing. */
  release(): Promise<void>
}
