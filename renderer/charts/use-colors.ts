import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'

/** Design tokens as values, for canvases. They follow the theme. */
export function useColors<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const list = names.join(' ')
  const [colors, setColors] = useState(() => read(names))
  useEffect(() => {
    const update = () => setColors(read(list.split(' ') as Name[]))
    // At once: paper does not wait for the next frame.
    const updateNow = () => flushSync(update)
    const observer = new MutationObserver(updateNow)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const forced = window.matchMedia('(forced-colors: active)')
    forced.addEventListener('change', updateNow)
    update()
    return () => {
      observer.disconnect()
      forced.removeEventListener('change', updateNow)
    }
  }, [list])
  return colors
}

function read<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888']),
  ) as Record<Name, string>
}
