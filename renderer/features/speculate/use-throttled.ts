import { useEffect, useRef, useState } from 'react'

/** The value, at most so often while it is in motion: what nobody can read in between need not be drawn. */
export function useThrottled<Value>(value: Value, isMoving: boolean, milliseconds: number): Value {
  const [shown, setShown] = useState(value)
  const last = useRef(-Infinity)
  useEffect(() => {
    const timer = setTimeout(
      () => {
        last.current = performance.now()
        setShown(value)
      },
      Math.max(0, last.current + milliseconds - performance.now()),
    )
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return isMoving ? shown : value
}
