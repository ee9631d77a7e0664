import { useEffect, useRef } from 'react'
import { toyPoints } from '../../../../contract/precision-toy'
import { useColors } from '../../../charts/use-colors'
import styles from './live-toy.module.css'
import { mapSide } from './toy-news'

const side = 280

/** What the network answers everywhere, under the points that it learns. */
export function ToyMap({ answers }: { readonly answers: Float32Array | null }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const colors = useColors(['sign-neg', 'sign-pos', 'sunk', 'text'])
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    context.fillStyle = colors.sunk
    context.fillRect(0, 0, side, side)
    const cell = side / mapSide
    answers?.forEach((answer, at) => {
      if (!Number.isFinite(answer)) return
      context.globalAlpha = Math.min(0.7, Math.abs(answer) / 4)
      context.fillStyle = answer < 0 ? colors['sign-neg'] : colors['sign-pos']
      context.fillRect((at % mapSide) * cell, Math.floor(at / mapSide) * cell, cell + 0.5, cell + 0.5)
    })
    context.globalAlpha = 1
    for (const { x, y, label } of toyPoints) {
      context.beginPath()
      context.arc(((x + 1) / 2) * side, ((1 - y) / 2) * side, 3, 0, 2 * Math.PI)
      context.fillStyle = label === 0 ? colors['sign-neg'] : colors['sign-pos']
      context.fill()
      context.strokeStyle = colors.text
      context.stroke()
    }
  }, [answers, colors])
  return (
    <canvas
      ref={canvas}
      className={styles.map}
      width={side}
      height={side}
      role="img"
      aria-label="The two spirals, and where the network sees each of them"
    />
  )
}
