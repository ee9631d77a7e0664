import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { ErrorNote } from '../../../ui/error-note'
import { FieldLabel } from '../../../ui/field-label'
import { Select } from '../../../ui/select'
import { SliderField } from '../../../ui/slider-field'
import { Spinner } from '../../../ui/spinner'
import { compareWith } from '../compare'
import type { Rival } from '../compare-store'
import { useDetect } from '../context'
import { classNamer, detectorModels, isReady, useFactsOnStage } from '../selectors'
import { setMark } from '../view-store'
import styles from './compare-tab.module.css'
import { MatchRow, type Match } from './match-row'
import { useCompared } from './use-compared'

const nobody = 'nobody'

/** Another model, or another precision, on the same picture: what both found and what only one. */
export function CompareTab() {
  const feature = useDetect()
  const { compare, form, stage } = feature
  const { rival, score, iou, isRunning, failure } = useStore(compare)
  const own = useStore(form, (state) => state.filter.score)
  const hasPicture = useStore(stage, (state) => state.picture?.assetId != null)
  const rivals = useRivals()
  const value = rival === null ? nobody : keyOf(rival)
  return (
    <div className={styles.tab}>
      <div className={styles.fields}>
        <FieldLabel>Compare with</FieldLabel>
        <Select
          label="Compare with"
          value={value}
          options={[{ key: nobody, label: 'Nothing' }, ...rivals.map(({ key, label, tag }) => ({ key, label, tag }))]}
          onChange={(key) => void compareWith(feature, rivals.find((one) => one.key === key)?.rival ?? null)}
        />
        {rivals.length === 0 ? (
          <p className={styles.quiet}>There is no other detector, and this one has a single precision.</p>
        ) : null}
        {rival === null ? (
          <p className={styles.quiet}>
            Both look at the picture on the stage; boxes of a class that overlap are one match.
          </p>
        ) : (
          <>
            <SliderField
              label="Its score"
              value={score ?? own}
              min={0}
              max={1}
              step={0.01}
              decimals={2}
              leastDecimals={2}
              was={score === null ? null : `${own.toFixed(2)}, as the slider`}
              onChange={(next) => compare.setState({ score: next })}
              onRevert={() => compare.setState({ score: null })}
            />
            <SliderField
              label="Match IoU"
              value={iou}
              min={0.1}
              max={0.95}
              step={0.05}
              decimals={2}
              leastDecimals={2}
              onChange={(next) => compare.setState({ iou: next })}
            />
          </>
        )}
        {rival !== null && !hasPicture ? <p className={styles.quiet}>Only pictures can be compared on.</p> : null}
        {isRunning ? (
          <p className={styles.quiet} role="status">
            <Spinner /> The other one is looking
          </p>
        ) : null}
      </div>
      {failure === null ? null : (
        <ErrorNote failure={failure} actions={[{ label: 'Try again', run: () => void compareWith(feature, rival) }]} />
      )}
      <Matches />
    </div>
  )
}

function Matches() {
  const { view, compare, stage } = useDetect()
  const compared = useCompared()
  const facts = useFactsOnStage()
  const other = useStore(compare, (state) => state.looked?.result)
  const own = useStore(stage, (state) => state.looked?.result)
  if (compared === null) return null
  const nameOf = classNamer(facts)
  const { mine, others, pairs } = compared
  const matches = pairs.map(({ a, b, iou }): Match => {
    const [one, two] = [a === null ? null : mine[a]!, b === null ? null : others[b]!]
    return { name: nameOf((one ?? two)!.classId), classId: (one ?? two)!.classId, one, two, iou }
  })
  const both = matches.filter(({ one, two }) => one !== null && two !== null)
  const groups = [
    { title: 'Both', rows: both },
    { title: 'Only this one', rows: matches.filter(({ two }) => two === null) },
    { title: 'Only the other', rows: matches.filter(({ one }) => one === null) },
  ]
  return (
    <>
      <p className={styles.sum}>
        <b>{both.length} matches</b>, {groups[1]!.rows.length} only here, {groups[2]!.rows.length} only there
        {own !== undefined && other !== undefined ? (
          <span>
            network {own.timings.network.toFixed(1)} ms against {other.timings.network.toFixed(1)} ms
          </span>
        ) : null}
      </p>
      <div className={styles.list} tabIndex={0} role="group" aria-label="Matches">
        {groups.map(({ title, rows }) =>
          rows.length === 0 ? null : (
            <section key={title}>
              <h3 className={styles.title}>
                {title}
                <span>here</span>
                <span>there</span>
              </h3>
              <ul>
                {rows.map((match, index) => (
                  <MatchRow
                    key={index}
                    match={match}
                    onMark={(isOn) =>
                      setMark(
                        view,
                        !isOn
                          ? null
                          : match.one !== null
                            ? { kind: 'box', candidate: match.one.candidate }
                            : { kind: 'rival', candidate: match.two!.candidate },
                      )
                    }
                    onChoose={() => {
                      if (match.one !== null) view.setState({ selected: match.one.candidate })
                    }}
                  />
                ))}
              </ul>
            </section>
          ),
        )}
      </div>
    </>
  )
}

interface RivalOption {
  readonly key: string
  readonly label: string
  readonly tag: string
  readonly rival: Rival
}

/** All models and precisions but the one that has looked. */
function useRivals(): readonly RivalOption[] {
  const { models } = useStudio()
  const { stage } = useDetect()
  const list = useStore(models, (state) => state.models)
  const looked = useStore(stage, (state) => state.looked)
  return useMemo(
    () =>
      detectorModels(list)
        .filter(isReady)
        .flatMap(({ id, name, detector }) =>
          detector.precisions.map((precision) => {
            const rival: Rival = { modelId: id, precision }
            return { key: keyOf(rival), label: name, tag: precision, rival }
          }),
        )
        .filter(({ rival }) => rival.modelId !== looked?.modelId || rival.precision !== looked.result.precision),
    [list, looked],
  )
}

function keyOf({ modelId, precision }: Rival): string {
  return `${modelId} ${precision}`
}
