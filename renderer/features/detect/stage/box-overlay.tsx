import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Box } from '../../../../contract/detection'
import type { Size } from '../../../ui/viewport'
import { useDetect } from '../context'
import { classNamer, useFactsOnStage, useShownBoxes } from '../selectors'
import { useJudged } from '../side/use-judged'
import { BoxLabel } from './box-label'
import { BoxMark } from './box-mark'
import styles from './box-overlay.module.css'
import { labelText } from './label-text'
import { MissedMarks } from './missed-marks'
import { placeLabels } from './place-labels'
import { project, type Projection } from './projection'
import { RivalMarks } from './rival-marks'
import { textWidth } from './text-width'

interface BoxOverlayProps {
  readonly projection: Projection
  readonly stage: Size
}

const padding = 16
const iconRoom = 14
const gap = 8

/** The boxes over the picture, the small ones on top, and their labels over all boxes. */
export function BoxOverlay({ projection, stage }: BoxOverlayProps) {
  const { form, view } = useDetect()
  const boxes = useShownBoxes()
  const facts = useFactsOnStage()
  const density = useStore(form, (state) => state.labels)
  const selected = useStore(view, (state) => state.selected)
  const judged = useJudged()
  const nameOf = useMemo(() => classNamer(facts), [facts])

  const marks = boxes.map((one, index) => ({
    one,
    box: project(projection, one.box),
    verdict: judged?.boxes[index]?.verdict ?? null,
  }))
  const bySize = [...marks].sort((a, b) => areaOf(b.one.box) - areaOf(a.one.box))
  const labelled =
    density === 'none'
      ? []
      : // The chosen box has the first choice of a place, then the best.
        marks
          .filter(({ box }) => isInSight(box, stage))
          .sort((a, b) => Number(b.one.candidate === selected) - Number(a.one.candidate === selected))
  const texts = labelled.map(({ one }) => labelText(one, density, nameOf))
  const wanted = labelled.map(({ box, verdict }, index) => {
    const { name, score } = texts[index]!
    const figure = score === '' ? 0 : textWidth(score) + gap
    return { box, width: Math.ceil(textWidth(name) + figure + padding + (verdict === null ? 0 : iconRoom)) }
  })
  const places = placeLabels(wanted, stage)
  const summary = boxes.map((one) => `${nameOf(one.classId)} ${one.score.toFixed(2)}`).join(', ')

  return (
    <svg className={styles.overlay} width={stage.width} height={stage.height} data-boxes={boxes.length}>
      <g role="img" aria-label={`${boxes.length} boxes${summary === '' ? '' : `: ${summary}`}`}>
        {bySize.map(({ one, box: [left, top, right, bottom], verdict }) => (
          <BoxMark
            key={one.candidate}
            candidate={one.candidate}
            classId={one.classId}
            left={left}
            top={top}
            right={right}
            bottom={bottom}
            verdict={verdict}
            isSelected={one.candidate === selected}
          />
        ))}
        <RivalMarks projection={projection} />
        <MissedMarks projection={projection} judged={judged} />
        {labelled.map(({ one, verdict }, index) => (
          <BoxLabel
            key={one.candidate}
            candidate={one.candidate}
            classId={one.classId}
            x={places[index]!.x}
            y={places[index]!.y}
            width={wanted[index]!.width}
            name={texts[index]!.name}
            score={texts[index]!.score}
            verdict={verdict}
          />
        ))}
      </g>
    </svg>
  )
}

/** A box beside a stage that is zoomed in keeps its label to itself. */
function isInSight([left, top, right, bottom]: Box, { width, height }: Size): boolean {
  return right > 0 && bottom > 0 && left < width && top < height
}

function areaOf([left, top, right, bottom]: Box): number {
  return (right - left) * (bottom - top)
}
