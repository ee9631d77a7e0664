import { useRef, type ReactNode } from 'react'

interface PictureChooser {
  readonly open: () => void
  /** To be drawn somewhere: it is not seen. */
  readonly input: ReactNode
}

export function usePictureChooser(onChoose: (files: readonly File[]) => void): PictureChooser {
  const input = useRef<HTMLInputElement>(null)
  return {
    open: () => input.current?.click(),
    input: (
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept="image/*"
        aria-label="Pictures to ask about"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          onChoose(files)
        }}
      />
    ),
  }
}
