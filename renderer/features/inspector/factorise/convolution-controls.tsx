import { Square, Timer } from 'lucide-react'
import { useStore } from 'zustand'
import type { Convolution } from '../../../../contract/inspection'
import { Button } from '../../../ui/button'
import { Progress } from '../../../ui/progress'
import { Section } from '../../../ui/section'
import { SliderField } from '../../../ui/slider-field'
import { Segmented } from '../../../ui/segmented'
import { useInspector } from '../context'
import { stopMeasuring } from '../measure'
import { ConvolutionChoice } from './convolution-choice'
import { measureBlocks, playWith } from './factorise'
import styles from './factorise.module.css'

const kernels = ['1', '3', '5', '7'] as const

/** The sliders of the lesson: kernel, channels, size, stride and groups. */
export function ConvolutionControls() {
  const feature = useInspector()
  const convolution = useStore(feature.factorise, (state) => state.convolution)
  const from = useStore(feature.factorise, (state) => state.from)
  const { kernel, inputChannels, outputChannels, height, width, stride, groups } = convolution
  const change = (patch: Partial<Convolution>) => playWith(feature, fitting({ ...convolution, ...patch }))
  const divisors = divisorsOf(gcd(inputChannels, outputChannels))
  return (
    <>
      <ConvolutionChoice />
      <Section
        title="The convolution"
        note={from === null ? `${inputChannels} → ${outputChannels} channels` : from.name}
        className={styles.sliders}
      >
        <div className={styles.kernel}>
          <span>Kernel k</span>
          <Segmented
            size="sm"
            label="Kernel"
            value={kernels.find((one) => Number(one) === kernel) ?? null}
            options={kernels.map((key) => ({ key, label: key, name: `${key} by ${key}` }))}
            onChange={(key) => change({ kernel: Number(key) })}
          />
        </div>
        <SliderField
          label="In, Ci"
          value={inputChannels}
          min={8}
          max={512}
          step={8}
          hardMin={1}
          hardMax={4096}
          onChange={(value) => change({ inputChannels: value })}
        />
        <SliderField
          label="Out, Co"
          value={outputChannels}
          min={8}
          max={512}
          step={8}
          hardMin={1}
          hardMax={4096}
          onChange={(value) => change({ outputChannels: value })}
        />
        <SliderField
          label="Size, H = W"
          value={Math.max(height, width)}
          min={4}
          max={112}
          step={1}
          hardMin={1}
          hardMax={512}
          onChange={(value) => change({ height: value, width: value })}
        />
        <SliderField
          label="Stride"
          value={stride}
          min={1}
          max={4}
          step={1}
          onChange={(value) => change({ stride: value })}
        />
        <SliderField
          label="Groups"
          value={groups}
          min={1}
          max={divisors.at(-1) ?? 1}
          step={1}
          onChange={(value) => change({ groups: nearest(divisors, value) })}
        />
        {height === width ? null : (
          <p className={styles.hint}>
            As it stands in the model: {height} × {width}.
          </p>
        )}
      </Section>
      <Section>
        <MeasureBlocks />
        <p className={styles.hint}>
          Multiply-adds and parameters are exact, without biases. Times are measured here, on one thread, median and
          p95.
        </p>
      </Section>
    </>
  )
}

function MeasureBlocks() {
  const feature = useInspector()
  const jobId = useStore(feature.factorise, (state) => state.jobId)
  const isMeasured = useStore(feature.factorise, (state) => state.measured !== null)
  const progress = useStore(feature.studio.jobs, (state) => (jobId === null ? undefined : state.progress[jobId]))
  if (jobId === null) {
    return (
      <Button
        className={styles.measure}
        variant={isMeasured ? 'default' : 'primary'}
        onPress={() => void measureBlocks(feature)}
      >
        <Timer size={14} aria-hidden />
        {isMeasured ? 'Measure again' : 'Measure these forms'}
      </Button>
    )
  }
  return (
    <div className={styles.measuring}>
      <span>{progress?.label ?? 'Waiting to measure'}</span>
      <Progress label="Measuring" fraction={progress?.fraction ?? 0} />
      <Button size="sm" onPress={() => void stopMeasuring(feature, jobId)}>
        <Square size={12} strokeWidth={2} aria-hidden />
        Stop
      </Button>
    </div>
  )
}

/** Groups must divide both numbers of channels. */
function fitting(convolution: Convolution): Convolution {
  const divisors = divisorsOf(gcd(convolution.inputChannels, convolution.outputChannels))
  return { ...convolution, groups: nearest(divisors, convolution.groups) }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

function divisorsOf(value: number): readonly number[] {
  return Array.from({ length: value }, (_, index) => index + 1).filter((one) => value % one === 0)
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    values[0] ?? 1,
  )
}
