// What the helper thread does for the Inspector: reading weights, of which there may be gigabytes.
import type { InspectedWeight, TensorView } from '../../contract/inspection'
import type { Help } from '../runtime/serve-help'
import { sameValues } from './same-values'
import { viewTensor, type TensorViewRequest } from './view-tensor'
import type { ValueSource } from './weight-values'

export interface ViewInput {
  readonly name: string
  readonly weight: Pick<InspectedWeight, 'dtype' | 'shape' | 'bytes'>
  readonly source: ValueSource
  readonly request: TensorViewRequest
}

/** @throws StudioError as viewTensor */
export function helpView({ name, weight, source, request }: ViewInput): Help<TensorView> {
  return { output: viewTensor(name, weight, source, request) }
}

export interface CompareInput {
  readonly pairs: readonly (readonly [before: ValueSource, after: ValueSource])[]
}

/** Of each pair whether its values are the same; null where they cannot be read. */
export function helpCompare({ pairs }: CompareInput): Help<readonly (boolean | null)[]> {
  return { output: pairs.map(([before, after]) => sameValues(before, after)) }
}
