import { useState } from 'react'
import { useStore } from 'zustand'
import type { Size } from '../../../ui/viewport'
import { useDetect } from '../context'

const unknown: Size = { width: 960, height: 640 }

/** The upright size of what is on the stage, as far as it is known: filed, or as the browser has decoded it. */
export function useStagePictureSize(): readonly [size: Size, setDecoded: (size: Size) => void] {
  const { stage, video } = useDetect()
  const picture = useStore(stage, (state) => state.picture)
  const film = useStore(video.store)
  const [decoded, setDecoded] = useState<Size>(unknown)
  const isVideo = film.kind !== null
  const width = isVideo ? film.width : (picture?.width ?? decoded.width)
  const height = isVideo ? film.height : (picture?.height ?? decoded.height)
  // A new object for each drawing would set every listener up anew.
  const [size, setSize] = useState<Size>(unknown)
  if (width > 0 && height > 0 && (size.width !== width || size.height !== height)) setSize({ width, height })
  return [size, setDecoded]
}
