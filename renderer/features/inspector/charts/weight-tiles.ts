import type { Inspection } from '../../../../contract/inspection'
import type { TreemapTile } from '../../../charts/treemap'
import { formatBytes, groupDigits } from '../../../ui/format'
import { formatShape, threeFigures } from '../model/figures'

export type WeightArea = 'stored' | 'parameters'

export interface WeightTiles {
  /** The largest first; keys are indices into `weights`. */
  readonly tiles: readonly TreemapTile[]
  /** How many smaller ones are not among them. */
  readonly left: number
  /** The fewest and the most bits that a parameter is stored in; null where there is one number for all. */
  readonly bits: { readonly least: number; readonly most: number } | null
}

/** Smaller parts could not be told from each other. */
const mostTiles = 400
/** The last parts of a name: layer, part of it, and what the weight is to it. */
const shownParts = 3

/** The weights of a file without a graph: how large each is, and how many bits one of its parameters takes. */
export function weightTiles({ weights, tensors }: Inspection, area: WeightArea): WeightTiles {
  const all = weights
    .map((weight, index) => ({
      ...weight,
      index,
      name: tensors[weight.tensor]?.name ?? '',
      value: area === 'stored' ? weight.bytes : weight.parameters,
      bits: weight.parameters > 0 ? (weight.bytes * 8) / weight.parameters : null,
    }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
  const shown = all.slice(0, mostTiles)
  const known = shown.flatMap(({ bits }) => (bits === null ? [] : [bits]))
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const heatOf = (bits: number | null): number | null =>
    bits === null || least === most ? null : Math.log(bits / least) / Math.log(most / least)
  return {
    tiles: shown.map(({ index, name, dtype, shape, parameters, bytes, bits, value }) => ({
      key: String(index),
      label: shortName(name),
      value,
      heat: heatOf(bits),
      figure: area === 'stored' ? formatBytes(bytes) : groupDigits(parameters),
      words: [
        name,
        formatShape(shape),
        dtype,
        formatBytes(bytes),
        ...(bits === null ? [] : [`${groupDigits(parameters)} parameters of ${threeFigures(bits)} bits`]),
      ].join(', '),
    })),
    left: all.length - shown.length,
    bits: known.length === 0 || least === most ? null : { least, most },
  }
}

/** The end of a name, without what nearly all of them end with. */
function shortName(name: string): string {
  const parts = name.split(/[./]/).filter((part) => part !== '')
  const told = parts.length > 1 && parts.at(-1) === 'weight' ? parts.slice(0, -1) : parts
  const last = told.slice(-shownParts)
  // A tile is narrow: the number of a layer says more than that it is one.
  const isLayer = last.length > 2 && /^\d+$/.test(last[1]!)
  return (isLayer ? last.slice(1) : last).join('.') || name
}
