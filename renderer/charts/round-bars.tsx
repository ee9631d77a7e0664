import { useEffect, useRef } from 'react'
import './token-origin.css'
import { useColors } from './use-colors'

export interface RoundBar {
  /** Where the round begins and ends, on the axis. */
  readonly from: number
  readonly to: number
  readonly accepted: number
  /** Where the target's own token came from; null where there was none. */
  readonly own: 'corrected' | 'bonus' | 'plain' | null
}

interface RoundBarsProps {
  readonly count: number
  readonly barAt: (index: number) => RoundBar
  /** What the full width stands for. */
  readonly span: number
  /** Tokens that the full height stands for. */
  readonly tallest: number
  readonly width: number
  readonly height: number
  /** In the colours of token origin, in quiet grey, or in a grey that stands out. */
  readonly tone: 'origin' | 'quiet' | 'strong'
  /** Bars that stand out; all the same where absent. */
  readonly chosen?: ReadonlySet<number> | null
  readonly className?: string | undefined
}

const tones = ['tok-accepted', 'tok-corrected', 'tok-bonus', 'chart-2', 'muted'] as const

/** One bar a round, as high as the tokens it gave. On a canvas: a long run has thousands. */
export function RoundBars(props: RoundBarsProps) {
  const { count, barAt, span, tallest, width, height, tone, chosen = null, className } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const colors = useColors(tones)
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element == null || context == null || width <= 0) return
    const density = window.devicePixelRatio
    resize(element, Math.round(width * density), Math.round(height * density))
    context.setTransform(density, 0, 0, density, 0, 0)
    context.clearRect(0, 0, width, height)
    // A run that has only just begun.
    if (count === 0) return
    const isWide = (width * barAt(0).to) / Math.max(span, 1e-9) >= 1.6 || count < width / 3
    const draw = isWide ? drawBars : drawColumns
    draw(context, { count, barAt, span, tallest, width, height, tone, chosen }, colors)
    context.globalAlpha = 1
  }, [count, barAt, span, tallest, width, height, tone, chosen, colors])
  return <canvas ref={canvas} className={className} style={{ width, height }} aria-hidden />
}

/** Only where it must: a canvas that is given a size gets new memory, even for the same size. */
function resize(element: HTMLCanvasElement, width: number, height: number): void {
  if (element.width !== width) element.width = width
  if (element.height !== height) element.height = height
}

/** What is left of bars that do not stand out. */
const left = 0.28

type Colors = Readonly<Record<(typeof tones)[number], string>>

function ownColor(own: RoundBar['own'], colors: Colors): string {
  if (own === 'corrected') return colors['tok-corrected']
  if (own === 'bonus') return colors['tok-bonus']
  return colors.muted
}

function drawBars(context: CanvasRenderingContext2D, props: RoundBarsProps, colors: Colors): void {
  const { count, barAt, span, tallest, width, height, tone, chosen = null } = props
  const unit = height / tallest
  const isColoured = tone === 'origin'
  const ground = isColoured ? colors['tok-accepted'] : tone === 'quiet' ? colors['chart-2'] : colors.muted
  for (let index = 0; index < count; index += 1) {
    const { from, to, accepted, own } = barAt(index)
    const x = (from / span) * width
    const wide = Math.max(1, ((to - from) / span) * width - 1)
    const gap = isColoured && accepted > 0 && own !== null ? 0.6 : 0
    context.globalAlpha = chosen === null || chosen.has(index) ? 1 : left
    context.fillStyle = ground
    context.fillRect(x, height - accepted * unit, wide, accepted * unit)
    if (own === null) continue
    if (isColoured) context.fillStyle = ownColor(own, colors)
    context.fillRect(x, height - (accepted + 1) * unit, wide, unit - gap)
  }
}

/** Where rounds are narrower than pixels, each pixel shows the mean of its rounds. */
function drawColumns(context: CanvasRenderingContext2D, props: RoundBarsProps, colors: Colors): void {
  const { count, barAt, span, tallest, width, height, tone, chosen = null } = props
  const unit = height / tallest
  const isColoured = tone === 'origin'
  const ground = isColoured ? colors['tok-accepted'] : tone === 'quiet' ? colors['chart-2'] : colors.muted
  const step = 2
  let index = 0
  for (let x = 0; x < width; x += step) {
    const end = ((x + step) / width) * span
    let rounds = 0
    let accepted = 0
    let own = 0
    let lit = 0
    while (index < count && barAt(index).from < end) {
      const bar = barAt(index)
      accepted += bar.accepted
      own += bar.own === null ? 0 : 1
      lit += chosen?.has(index) === true ? 1 : 0
      rounds += 1
      index += 1
    }
    if (rounds === 0) continue
    const low = (accepted / rounds) * unit
    const high = (own / rounds) * unit
    context.globalAlpha = chosen === null || lit > 0 ? 1 : left
    context.fillStyle = ground
    context.fillRect(x, height - low, step - 0.5, low)
    if (isColoured) context.fillStyle = accepted === 0 ? colors.muted : colors['tok-corrected']
    context.fillRect(x, height - low - high, step - 0.5, high)
  }
}
