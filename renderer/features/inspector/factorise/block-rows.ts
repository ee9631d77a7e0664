import type { Block, BlockName, MeasuredBlock, MeasuredBlocks } from '../../../../contract/inspection-measures'

export interface BlockRow {
  readonly block: Block
  /** Null where it was not measured. */
  readonly measured: MeasuredBlock | null
  /** Against the standard form; null where that is not known. */
  readonly macsRatio: number | null
  readonly timeRatio: number | null
}

export const blockNames: Readonly<Record<BlockName, string>> = {
  standard: 'Standard',
  bottleneck: '1 × 1 bottleneck',
  'grouped-shuffle': 'Grouped + shuffle',
  'depthwise-separable': 'Depthwise separable',
  fire: 'Fire module',
  'inverted-residual': 'Inverted residual',
  ghost: 'Ghost module',
  'shufflenet-v2': 'ShuffleNetV2 unit',
}

/** The forms with what was measured of each, against the standard one. */
export function blockRows(blocks: readonly Block[], measured: MeasuredBlocks | null): readonly BlockRow[] {
  const times = new Map((measured?.blocks ?? []).map((block) => [block.name, block]))
  const standard = blocks.find(({ name }) => name === 'standard')
  const whole = times.get('standard')?.milliseconds?.median ?? null
  return blocks.map((block) => {
    const found = times.get(block.name) ?? null
    const time = found?.milliseconds?.median ?? null
    return {
      block,
      measured: found,
      macsRatio:
        block.refused !== null || standard === undefined || standard.macs === 0 ? null : block.macs / standard.macs,
      timeRatio: time === null || whole === null || whole === 0 ? null : time / whole,
    }
  })
}
