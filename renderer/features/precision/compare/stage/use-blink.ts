import { useEffect, useState } from 'react'

const milliseconds = 700

/** Turns over now and then, for two pictures in one place. It does not where motion is not wanted: Space turns it then. */
export function useBlink(isBlinking: boolean): boolean {
  const [isSecond, setSecond] = useState(false)
  useEffect(() => {
    if (!isBlinking) return
    const turn = () => setSecond((now) => !now)
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== ' ' || (event.target instanceof Element && event.target.closest('input, textarea, button')))
        return
      event.preventDefault()
      turn()
    }
    window.addEventListener('keydown', onKeyDown)
    const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    const timer = isCalm ? undefined : setInterval(turn, milliseconds)
    return () => {
      clearInterval(timer)
      window.removeEventListener('keydown', onKeyDown)
    }
  }, [isBlinking])
  return isSecond
}
