import { useEffect, useState } from 'react'

/** Design tokens as values, for canvases. They follow the theme. */
export function useColors<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const list = names.join(' ')
  const [colors, setColors] = useState(() => read(names))
  useEffect(() => {
    const update = () => setColors(read(list.split(' ') as Name[]))
    const observer = new MutationObserver(update)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    update()
    return () => observer.disconnect()
  }, [list])
  return colors
}

function read<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888']),
  ) as Record<Name, string>
}
