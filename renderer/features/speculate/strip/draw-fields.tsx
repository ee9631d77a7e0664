import { useStore } from 'zustand'
import { speculationLimits } from '../../../../contract/speculation'
import { NumberInput } from '../../../ui/number-input'
import { useSpeculate } from '../context'

/** How tokens are drawn, and how many: the three settings that most races change. */
export function DrawFields({ className }: { readonly className?: string | undefined }) {
  const { form } = useSpeculate()
  const sampling = useStore(form, (state) => state.sampling)
  const maxTokens = useStore(form, (state) => state.maxTokens)
  return (
    <>
      <div className={className}>
        <span>Temp</span>
        <NumberInput
          label="Temperature"
          value={sampling.temperature}
          min={0}
          max={100}
          step={0.1}
          decimals={2}
          onChange={(temperature) => form.setState({ sampling: { ...sampling, temperature } })}
        />
      </div>
      <div className={className}>
        <span>Seed</span>
        <NumberInput
          label="Seed"
          value={sampling.seed}
          min={0}
          max={speculationLimits.maxSeed}
          onChange={(seed) => form.setState({ sampling: { ...sampling, seed } })}
        />
      </div>
      <div className={className}>
        <span>Tokens</span>
        <NumberInput
          label="Most tokens"
          value={maxTokens}
          min={1}
          max={speculationLimits.maxTokens}
          onChange={(value) => form.setState({ maxTokens: value })}
        />
      </div>
    </>
  )
}
