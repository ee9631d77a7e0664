import { Eye, EyeOff, Focus } from 'lucide-react'
import { memo, useMemo } from 'react'
import { useStore } from 'zustand'
import { Button, IconButton } from '../../../ui/button'
import { plural } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useDetect } from '../context'
import { classNamer, useAllBoxes, useFactsOnStage } from '../selectors'
import { ClassSwatch } from './class-swatch'
import styles from './classes-section.module.css'
import { setMark, showAllClasses, toggleClass, toggleSolo } from '../view-store'

/** What was found, class by class, the most frequent first: each can be hidden, or shown alone. */
export function ClassesSection() {
  const { view } = useDetect()
  const boxes = useAllBoxes()
  const facts = useFactsOnStage()
  const nameOf = useMemo(() => classNamer(facts), [facts])
  const hiddenClasses = useStore(view, (state) => state.hiddenClasses)
  const soloClass = useStore(view, (state) => state.soloClass)
  const counts = new Map<number, number>()
  for (const { classId } of boxes) counts.set(classId, (counts.get(classId) ?? 0) + 1)
  // Hidden classes stay in the list, and so does the one that stands alone: else there would be no way back.
  for (const classId of [...hiddenClasses, ...(soloClass === null ? [] : [soloClass])])
    if (!counts.has(classId)) counts.set(classId, 0)
  const rows = [...counts].sort(([a, countA], [b, countB]) => countB - countA || nameOf(a).localeCompare(nameOf(b)))
  const isFiltered = hiddenClasses.size > 0 || soloClass !== null
  return (
    <Section
      className={styles.section}
      title="Classes"
      note={facts === null ? undefined : `${rows.length} of ${facts.classes.length}`}
      end={
        isFiltered ? (
          <Button size="sm" variant="ghost" onPress={() => showAllClasses(view)}>
            Show all
          </Button>
        ) : undefined
      }
    >
      {rows.length === 0 ? (
        <p className={styles.none}>{facts === null ? 'Nothing yet' : 'None above the threshold'}</p>
      ) : null}
      <ul className={styles.list} aria-label="Classes">
        {rows.map(([classId, count]) => (
          <ClassRow
            key={classId}
            classId={classId}
            name={nameOf(classId)}
            count={count}
            isSolo={soloClass === classId}
            isHidden={soloClass === null ? hiddenClasses.has(classId) : soloClass !== classId}
          />
        ))}
      </ul>
    </Section>
  )
}

interface ClassRowProps {
  readonly classId: number
  readonly name: string
  readonly count: number
  readonly isSolo: boolean
  readonly isHidden: boolean
}

const ClassRow = memo(function ClassRow({ classId, name, count, isSolo, isHidden }: ClassRowProps) {
  const { view } = useDetect()
  const isHot = useIsClassMarked(classId)
  return (
    <li
      className={styles.row}
      data-hot={isHot || undefined}
      data-hidden={isHidden || undefined}
      aria-label={`${name}, ${plural(count, 'object')}`}
      onPointerEnter={() => setMark(view, { kind: 'class', classId })}
      onPointerLeave={() => setMark(view, null)}
    >
      <ClassSwatch classId={classId} />
      <span className={styles.name} title={name}>
        {name}
      </span>
      <span className={styles.count}>{count}</span>
      <ClassButtons classId={classId} name={name} isSolo={isSolo} isHidden={isHidden} />
    </li>
  )
})

/** Apart from the count, which changes with every move of a slider. */
const ClassButtons = memo(function ClassButtons({ classId, name, isSolo, isHidden }: Omit<ClassRowProps, 'count'>) {
  const { view } = useDetect()
  return (
    <>
      <IconButton
        label={isSolo ? `Show the other classes besides ${name}` : `Show ${name} alone`}
        className={styles.solo}
        isOn={isSolo}
        aria-pressed={isSolo}
        onPress={() => toggleSolo(view, classId)}
      >
        <Focus size={14} strokeWidth={1.75} />
      </IconButton>
      <IconButton
        label={isHidden ? `Show ${name}` : `Hide ${name}`}
        aria-pressed={isHidden}
        onPress={() => toggleClass(view, classId)}
      >
        {isHidden ? <EyeOff size={14} strokeWidth={1.75} /> : <Eye size={14} strokeWidth={1.75} />}
      </IconButton>
    </>
  )
})

/** Whether the pointer is on this class, or on a box of it. */
function useIsClassMarked(classId: number): boolean {
  const { view, stage } = useDetect()
  return useStore(view, ({ mark }) => {
    if (mark?.kind === 'class') return mark.classId === classId
    if (mark?.kind !== 'box') return false
    return stage.getState().looked?.result.candidates.classIds[mark.candidate] === classId
  })
}
