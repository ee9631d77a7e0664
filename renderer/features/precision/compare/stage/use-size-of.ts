import { useEffect, useState } from 'react'

/** A picture's own size in pixels; null until it is known. */
export function useSizeOf(url: string): { readonly width: number; readonly height: number } | null {
  const [known, setKnown] = useState<{ url: string; width: number; height: number } | null>(null)
  useEffect(() => {
    const image = new Image()
    image.onload = () => setKnown({ url, width: image.naturalWidth, height: image.naturalHeight })
    image.src = url
    return () => {
      image.onload = null
    }
  }, [url])
  return known?.url === url ? known : null
}
