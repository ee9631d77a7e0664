import type { AssetId } from '../../contract/ids'

/**
 * Everything in a stored record that looks like an asset's id. Looking at the text rather than at known fields means
 * that nothing is ever tidied away because a record is of an older or newer form.
 */
export function assetIdsIn(record: string): AssetId[] {
  // The pattern is the schema's own; parsing each of hundreds of thousands again would take half a second.
  return Array.from(record.matchAll(/"([0-9a-f]{64})"/g), ([, id]) => id as AssetId)
}
