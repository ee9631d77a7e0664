import { FileDown } from 'lucide-react'
import { useEffect, useState } from 'react'
import { importRace } from './actions'
import { useSpeculate } from './context'
import styles from './drop-layer.module.css'

/** Takes a saved race that is dropped anywhere on the window. */
export function DropLayer() {
  const feature = useSpeculate()
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    // Each child that the pointer enters or leaves tells of itself: only the balance says whether it is still inside.
    let depth = 0
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    function onEnter(event: DragEvent): void {
      if (!holdsFiles(event)) return
      depth += 1
      setOver(true)
    }
    function onLeave(event: DragEvent): void {
      if (!holdsFiles(event)) return
      depth -= 1
      if (depth <= 0) setOver(false)
    }
    function onOver(event: DragEvent): void {
      if (holdsFiles(event)) event.preventDefault()
    }
    function onDrop(event: DragEvent): void {
      depth = 0
      setOver(false)
      const file = event.dataTransfer?.files[0]
      if (file === undefined) return
      event.preventDefault()
      void importRace(feature, file)
    }
    const events = { dragenter: onEnter, dragleave: onLeave, dragover: onOver, drop: onDrop }
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name, listener as EventListener)
    return () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name, listener as EventListener)
    }
  }, [feature])
  if (!isOver) return null
  return (
    <div className={styles.layer} aria-hidden>
      <p>
        <FileDown size={20} strokeWidth={1.6} aria-hidden />
        Drop to open a saved race
      </p>
    </div>
  )
}
