import type { AssetId } from '../../../contract/ids'
import type { Studio } from '../../studio/studio'

/** The bytes of an asset as a file. @throws where they are not there any more */
export async function assetFile({ assetUrl }: Studio, assetId: AssetId, name: string): Promise<File> {
  const response = await fetch(assetUrl(assetId))
  if (!response.ok) throw new Error(`The picture could not be fetched (${response.status})`)
  const blob = await response.blob()
  return new File([blob], name, { type: blob.type })
}
