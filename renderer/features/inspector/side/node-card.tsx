import { Scissors } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../../ui/button'
import { ErrorNote } from '../../../ui/error-note'
import { formatBytes, groupDigits } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useInspector, useOpened } from '../context'
import { loadNode } from '../details'
import { takeNode } from '../factorise/factorise'
import { formatRate, formatShare, formatTime, threeFigures } from '../model/figures'
import { nodeLabel, weightsBehind } from '../model/model-graph'
import { AttributesSection } from './attributes-section'
import { costFacts } from './cost-facts'
import { CardHead, Facts, type Fact } from './facts'
import styles from './node-card.module.css'
import { QuantisationSection } from './quantisation-section'
import { TensorList } from './tensor-list'
import { WeightSections } from './weight-sections'

/** A node: what it does and costs, what goes in and comes out, and the values of its weights. */
export function NodeCard({ node }: { readonly node: number }) {
  const feature = useInspector()
  const opened = useOpened()
  const { counts } = opened
  const detail = useStore(feature.detail, (state) => (state.node?.node === node ? state.node : null))
  const failure = useStore(feature.detail, (state) => state.failure)
  const isMeasured = useStore(feature.measure, (state) => state.profile !== null)
  const { inspection, costs, graph } = opened
  useEffect(() => {
    void loadNode(feature, node)
  }, [feature, node, counts])
  const about = inspection.nodes[node]!
  const reason = counts?.unknown.find((one) => one.node === node)?.reason
  const assumption = counts?.assumed.find((one) => one.node === node)?.assumption
  const label = nodeLabel(about)
  return (
    <>
      <Section>
        <CardHead
          title={label}
          tag={about.domain === '' ? about.op : `${about.domain}.${about.op}`}
          detail={about.name === label ? '' : about.name}
        />
        <Facts
          facts={[
            ...costFacts(opened, {
              parameters: counts?.nodes.parameters[node] ?? 0,
              storedBytes: counts?.nodes.storedBytes[node] ?? 0,
              macs: counts?.nodes.macs[node] ?? null,
              macsAtLeast: null,
              time: costs.nodes.time[node] ?? null,
            }),
            ...moreFacts(),
          ]}
        />
        {reason === undefined ? null : <p className={styles.note}>Not counted: {reason}</p>}
        {assumption === undefined ? null : <p className={styles.note}>Assumed: {assumption}</p>}
        {detail?.formula == null ? null : <p className={styles.formula}>Counted as {detail.formula}</p>}
      </Section>
      {detail?.convolution == null && detail?.separable == null ? null : (
        <div className={styles.lesson}>
          <Scissors size={14} strokeWidth={1.75} aria-hidden />
          {detail.separable === null ? (
            <p>See what this convolution would cost in other forms.</p>
          ) : (
            <p>
              A plain {detail.separable.plain.kernel} × {detail.separable.plain.kernel} in place of depthwise and
              pointwise would cost <b>{threeFigures(detail.separable.times)} times</b> the multiply-adds here.
            </p>
          )}
          <Button
            size="sm"
            onPress={() => {
              const convolution = detail.separable?.plain ?? detail.convolution
              if (convolution !== null) takeNode(feature, node, label, convolution)
            }}
          >
            Factorise
          </Button>
        </div>
      )}
      <TensorList
        title="In"
        tensors={about.inputs.filter(
          (tensor) =>
            tensor >= 0 &&
            inspection.tensors[tensor]?.weight === null &&
            !graph.fixed.has(graph.producer[tensor] ?? -1),
        )}
      />
      <TensorList title="Out" tensors={about.outputs.filter((tensor) => tensor >= 0)} />
      {detail === null ? null : <QuantisationSection entries={detail.quantisation} />}
      {detail === null ? null : <AttributesSection attributes={detail.attributes} />}
      <WeightSections weights={weightsBehind(node, inspection, graph)} />
      {failure === null || detail !== null ? null : (
        <Section>
          <ErrorNote failure={failure} />
        </Section>
      )}
    </>
  )

  function moreFacts(): readonly Fact[] {
    const elementOps = counts?.nodes.elementOps[node] ?? null
    const moved = counts?.nodes.bytesMoved[node] ?? null
    const macs = counts?.nodes.macs[node] ?? null
    const measured = costs.profiled.get(node)
    const into = costs.fusedInto.get(node)
    return [
      ...(elementOps === null || elementOps === 0 ? [] : [['Element ops', groupDigits(elementOps)] as const]),
      ...(moved === null ? [] : [['Moved', formatBytes(moved)] as const]),
      ...(macs === null || macs === 0 || moved === null || moved === 0
        ? []
        : [['Intensity', `${threeFigures(macs / moved)} MAC a byte`] as const]),
      ...(measured === undefined
        ? []
        : [
            ['Median, p95', `${formatTime(measured.median)}, ${formatTime(measured.p95)}`] as const,
            ['Of the kernels', formatShare(measured.share)] as const,
            ...(measured.macsPerSecond === null ? [] : [['Speed', formatRate(measured.macsPerSecond)] as const]),
            ['Kernel', `${measured.op}, ${measured.provider.replace('ExecutionProvider', '')}`] as const,
          ]),
      ...(into === undefined
        ? measured === undefined && isMeasured
          ? [['Time', 'no kernel of its own: folded away'] as const]
          : []
        : [['Computed in', nodeLabel(inspection.nodes[into]!)] as const]),
    ]
  }
}
