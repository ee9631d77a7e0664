import { useEffect, useMemo, useRef, type CSSProperties } from 'react'
import { useColors } from '../../../../charts/use-colors'
import styles from './picture-stage.module.css'
import { ownGain, signedDifference, usePixels, type Rgb } from './pixels'

interface DifferencePictureProps {
  readonly reference: string
  readonly own: string
  readonly width: number
  readonly height: number
  /** Null brightens it to its own largest. */
  readonly gain: number | null
  readonly name: string
}

/** Where one picture is lighter or darker than the reference, with its scale. */
export function DifferencePicture({ reference, own, width, height, gain: given, name }: DifferencePictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const one = usePixels(reference)
  const two = usePixels(own)
  const isComparable = one !== null && two !== null && one.data.length === two.data.length
  const gain = useMemo(
    () => given ?? (one !== null && two !== null && isComparable ? ownGain(one, two) : 1),
    [given, one, two, isComparable],
  )
  const colors = useColors(['sign-neg', 'sign-zero', 'sign-pos'])
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || one === null || two === null || !isComparable) return
    const map = [rgbOf(colors['sign-neg']), rgbOf(colors['sign-zero']), rgbOf(colors['sign-pos'])] as const
    context.putImageData(new ImageData(new Uint8ClampedArray(signedDifference(one, two, gain, map)), one.width), 0, 0)
  }, [one, two, gain, colors, isComparable])
  const scale = (255 / gain).toFixed(gain > 25 ? 1 : 0)
  return (
    <>
      <div className={styles.mapRoom}>
        <canvas
          ref={canvas}
          className={styles.map}
          width={width}
          height={height}
          role="img"
          aria-label={`Difference of ${name} from fp32: blue is darker, orange is lighter`}
          style={{ '--shape': width / height } as CSSProperties}
        />
      </div>
      <div className={styles.scale}>
        <span>−{scale}</span>
        <i aria-hidden />
        <span>+{scale} of 255</span>
      </div>
    </>
  )
}

/** A colour of the tokens, such as #0b5cad, as numbers. */
function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.replace('#', ''), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}
