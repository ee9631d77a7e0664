import { ArrowLeftRight } from 'lucide-react'
import { limits } from '../../../../contract/images'
import { IconButton } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { FieldLabel } from '../../../ui/field-label'
import { NumberInput } from '../../../ui/number-input'
import { useImageFeature } from '../feature'
import { changeDraft, revertField } from '../form-store'
import { useCurrentModel, useDraft, useProblem, useWas } from '../selectors'
import { Problem } from './problem'
import styles from './size-field.module.css'

const mostPresets = 8

export function SizeField() {
  const { form } = useImageFeature()
  const model = useCurrentModel()
  const width = useDraft((draft) => draft.width)
  const height = useDraft((draft) => draft.height)
  const was = useWas('size')
  const problem = useProblem('width', 'height')
  const sizes = model?.image?.sizes.slice(0, mostPresets) ?? []
  const names = presetNames(sizes)
  const most = model?.image?.maxSide ?? limits.maxSide

  function side(name: 'width' | 'height', label: string, value: number) {
    return (
      <NumberInput
        label={label}
        value={value}
        min={limits.minSide}
        max={most}
        step={limits.sideMultiple}
        align="center"
        className={styles.side}
        isInvalid={problem !== null}
        describedBy="size-problem"
        onChange={(next) => changeDraft(form, { [name]: next })}
      />
    )
  }

  return (
    <div data-field="width">
      <FieldLabel
        was={was}
        onRevert={() => revertField(form, 'size')}
        end={
          <>
            {side('width', 'Width in pixels', width)}
            <span aria-hidden>×</span>
            {side('height', 'Height in pixels', height)}
            <IconButton
              label="Swap width and height"
              onPress={() => changeDraft(form, { width: height, height: width })}
            >
              <ArrowLeftRight size={12} strokeWidth={2} />
            </IconButton>
          </>
        }
      >
        Size
      </FieldLabel>
      <div
        className={styles.presets}
        role="radiogroup"
        aria-label="Size"
        style={{ gridTemplateColumns: `repeat(${sizes.length === 5 ? 5 : 4}, 1fr)` }}
      >
        {sizes.map(([w, h], index) => {
          const isOn = w === width && h === height
          return (
            <button
              key={`${w}x${h}`}
              type="button"
              role="radio"
              aria-checked={isOn}
              aria-label={`${w} × ${h}`}
              title={`${w} × ${h} px`}
              className={cx(styles.preset, isOn && styles.on)}
              onClick={() => changeDraft(form, { width: w, height: h })}
            >
              <span className={styles.glyph}>
                <i style={glyph(w, h)} />
              </span>
              {names[index]}
            </button>
          )
        })}
      </div>
      <Problem id="size-problem" text={problem} />
    </div>
  )
}

function glyph(width: number, height: number): { width: number; height: number } {
  const longest = Math.max(width, height)
  const box = width === height ? 14 : 19
  return { width: Math.round((width / longest) * box), height: Math.round((height / longest) * box) }
}

const knownRatios = new Set([
  '1 : 1',
  '3 : 4',
  '4 : 3',
  '2 : 3',
  '3 : 2',
  '4 : 5',
  '5 : 4',
  '3 : 5',
  '5 : 3',
  '9 : 16',
  '16 : 9',
  '9 : 21',
  '21 : 9',
])

/** Ratios where people know them and they tell the presets apart, else pixels. */
export function presetNames(sizes: readonly (readonly [number, number])[]): readonly string[] {
  const names = sizes.map(([w, h]) => {
    const divisor = greatestDivisor(w, h)
    return `${w / divisor} : ${h / divisor}`
  })
  const areClear = new Set(names).size === names.length && names.every((name) => knownRatios.has(name))
  return areClear ? names : sizes.map(([w, h]) => (w === h ? `${w}` : `${w}×${h}`))
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
