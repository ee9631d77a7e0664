import { Play, Square } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { FormatName } from '../../../../contract/number-formats'
import { floatFormat } from '../../../../contract/number-formats'
import type { ToyOptions } from '../../../../contract/precision-toy'
import { ExponentBars } from '../../../charts/exponent-bars'
import { Lines } from '../../../charts/lines'
import { Button } from '../../../ui/button'
import { Segmented } from '../../../ui/segmented'
import { SliderField } from '../../../ui/slider-field'
import { Switch } from '../../../ui/switch'
import styles from './live-toy.module.css'
import { ToyMap } from './toy-map'
import type { ToyNews } from './toy-news'
import page from './training-page.module.css'

const formats = ['fp32', 'bf16', 'fp16', 'fp8-e4m3fn', 'fp8-e5m2'] as const satisfies readonly FormatName[]
const shortNames: Readonly<Record<(typeof formats)[number], string>> = {
  fp32: 'FP32',
  bf16: 'BF16',
  fp16: 'FP16',
  'fp8-e4m3fn': 'E4M3',
  'fp8-e5m2': 'E5M2',
}
const first: ToyOptions = {
  format: 'fp16',
  masterWeights: true,
  lossScale: 1,
  wideSums: true,
  learningRate: 0.5,
  seed: 1,
}

/** A network of 97 weights that learns two spirals while one watches, every number of it stored in the chosen format. */
export function LiveToy() {
  const [options, setOptions] = useState(first)
  const [isRunning, setRunning] = useState(false)
  const [history, setHistory] = useState<readonly ToyNews[]>([])
  const worker = useRef<Worker | null>(null)
  const change = (patch: Partial<ToyOptions>) => setOptions((before) => ({ ...before, ...patch }))

  useEffect(() => {
    if (!isRunning) return
    // Other settings mean another network: it begins anew.
    const started = new Worker(new URL('./toy-worker.ts', import.meta.url), { type: 'module' })
    worker.current = started
    let isFresh = true
    started.onmessage = ({ data }: MessageEvent<ToyNews>) => {
      setHistory((before) => (isFresh ? [data] : [...before, data]))
      isFresh = false
      if (data.step >= 2000) setRunning(false)
    }
    started.postMessage(options)
    return () => started.terminate()
  }, [isRunning, options])

  const last = history.at(-1) ?? null
  return (
    <section className={page.section} aria-label="Train a small network" data-region="live training">
      <h2>Train one yourself</h2>
      <p className={page.lesson}>
        Two spirals, one hidden layer of 24, plain gradient descent. Weights, activations and gradients are rounded to the
        format at every step, here in this window; the grey line is the same network in FP32.
      </p>
      <div className={page.chart}>
        <div className={styles.controls}>
          <Segmented
            label="Format of the network"
            size="sm"
            value={options.format as (typeof formats)[number]}
            options={formats.map((key) => ({ key, label: shortNames[key] }))}
            onChange={(format) => change({ format })}
          />
          <Segmented
            label="Loss scale"
            size="sm"
            value={String(options.lossScale)}
            options={[
              { key: '1', label: 'Loss × 1' },
              { key: '1024', label: '× 1 024' },
              { key: 'dynamic', label: 'dynamic' },
            ]}
            onChange={(key) => change({ lossScale: key === 'dynamic' ? 'dynamic' : Number(key) })}
          />
        </div>
        <Switch
          label="FP32 master weights"
          isOn={options.masterWeights}
          onChange={(masterWeights) => change({ masterWeights })}
        />
        <Switch label="FP32 sums" isOn={options.wideSums} onChange={(wideSums) => change({ wideSums })} />
        <SliderField
          label="Learning rate"
          value={options.learningRate}
          min={0.01}
          max={2}
          step={0.01}
          decimals={2}
          onChange={(learningRate) => change({ learningRate })}
        />
        <div className={styles.run}>
          <Button variant={isRunning ? 'default' : 'primary'} onPress={() => setRunning(!isRunning)}>
            {isRunning ? <Square size={12} aria-hidden /> : <Play size={12} aria-hidden />}
            {isRunning ? 'Stop' : 'Train'}
          </Button>
          <span role="status">{last === null ? '' : stateWords(last)}</span>
        </div>
        {last === null ? null : (
          <Lines
            title="Loss"
            note="logarithmic"
            xName="step"
            isLogarithmic
            series={[
              {
                label: 'FP32',
                colour: 'var(--chart-2)',
                xs: history.map(({ step }) => step),
                ys: history.map(({ referenceLoss }) => referenceLoss),
              },
              {
                label: shortNames[options.format as (typeof formats)[number]],
                colour: 'var(--accent)',
                xs: history.map(({ step }) => step),
                ys: history.map(({ loss }) => (Number.isFinite(loss) ? loss : null)),
              },
            ]}
          />
        )}
      </div>
      <div className={page.chart}>
        <ToyMap answers={last?.map ?? null} />
        {last === null ? null : (
          <ExponentBars
            title="Gradients as they were stored"
            note={`${(100 * last.lostUpdates).toFixed(0)}% of the updates changed nothing`}
            histogram={last.gradients}
            scale={1}
            windows={[floatFormat(options.format)]}
          />
        )}
      </div>
    </section>
  )
}

function stateWords({ step, accuracy, referenceAccuracy, scale, loss }: ToyNews): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)}%`
  if (!Number.isFinite(loss)) return `Step ${step}: broke, the loss is not a number`
  return `Step ${step}: ${percent(accuracy)} right, FP32 ${percent(referenceAccuracy)}; loss × ${scale}`
}
