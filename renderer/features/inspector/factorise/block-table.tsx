import { TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { RatioBars } from '../../../charts/ratio-bars'
import { groupDigits } from '../../../ui/format'
import { useInspector } from '../context'
import { formatMacs, formatRate, formatTime, threeFigures } from '../model/figures'
import { blockNames, blockRows, type BlockRow } from './block-rows'
import styles from './factorise.module.css'

/** The forms side by side: counts, times, and against the standard form as bars. */
export function BlockTable() {
  const { factorise } = useInspector()
  const blocks = useStore(factorise, (state) => state.blocks)
  const measured = useStore(factorise, (state) => state.measured)
  const rows = useMemo(() => blockRows(blocks, measured), [blocks, measured])
  if (rows.length === 0) return null
  const shown = rows.filter(({ block }) => block.refused === null)
  const surprises = rows.filter((row) => row.measured?.slowerThanItsMacs === true)
  return (
    <>
      <div className={styles.chart}>
        <RatioBars
          title="Against the standard form"
          note={measured === null ? 'multiply-adds; times are not measured yet' : 'multiply-adds above, time below'}
          rows={shown.map(({ block, macsRatio, timeRatio, measured: found }) => ({
            key: block.name,
            label: blockNames[block.name],
            first: macsRatio,
            second: timeRatio,
            isMarked: found?.slowerThanItsMacs === true,
          }))}
          names={{ first: 'multiply-adds', second: 'time' }}
          format={(ratio) => `${threeFigures(ratio)}×`}
        />
      </div>
      <table className={styles.blocks}>
        <caption className="visually-hidden">Forms of the convolution</caption>
        <thead>
          <tr>
            <th scope="col">Form</th>
            <th scope="col">Parameters</th>
            <th scope="col">Multiply-adds</th>
            <th scope="col">Time, p95</th>
            <th scope="col">Speed</th>
            <th scope="col">Elements moved</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.block.name} row={row} />
          ))}
        </tbody>
      </table>
      <Lessons rows={surprises} isMeasured={measured !== null} />
    </>
  )
}

function Row({ row: { block, measured } }: { readonly row: BlockRow }) {
  const { refused } = block
  const time = measured?.milliseconds ?? null
  return (
    <tr data-refused={refused !== null || undefined}>
      <th scope="row">
        {blockNames[block.name]}
        <span>{refused ?? block.description}</span>
      </th>
      {refused === null ? (
        <>
          <td>{groupDigits(block.parameters)}</td>
          <td>{formatMacs(block.macs)}</td>
          <td>
            {time === null ? (
              <em>not measured</em>
            ) : (
              <>
                {formatTime(time.median)} <em>{formatTime(time.p95)}</em>
              </>
            )}
          </td>
          <td>{measured?.macsPerSecond == null ? <em>–</em> : formatRate(measured.macsPerSecond)}</td>
          <td>
            {groupDigits(block.elementsMoved)} <em>{Math.round(100 * block.elementwiseShare)} % element-wise</em>
          </td>
        </>
      ) : (
        <td colSpan={5} />
      )}
    </tr>
  )
}

/** Why fewer multiply-adds were not faster: the guidelines that explain what was measured. */
function Lessons({ rows, isMeasured }: { readonly rows: readonly BlockRow[]; readonly isMeasured: boolean }) {
  if (!isMeasured) return null
  return (
    <section className={styles.lessons} aria-label="What the times say">
      <h3>What the times say</h3>
      {rows.length === 0 ? (
        <p>
          Here every form with fewer multiply-adds was faster too. Try smaller sizes, more groups or unequal channels.
        </p>
      ) : (
        <ul>
          {rows.map(({ block, measured }) => (
            <li key={block.name}>
              <TriangleAlert size={14} strokeWidth={1.75} aria-hidden />
              <div>
                <b>{blockNames[block.name]}</b> has fewer multiply-adds than another form and was not faster.
                {measured?.guidelines.length === 0 ? ' None of the four guidelines explains it.' : null}
                {measured?.guidelines.map(({ name, sentence }) => (
                  <p key={name}>
                    <i>{name}</i> {sentence}
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
