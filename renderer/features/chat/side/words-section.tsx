import { chatLimits } from '../../../../contract/chat-settings'
import { Section } from '../../../ui/section'
import { SliderField } from '../../../ui/slider-field'
import { StrategyMenu } from '../composer/strategy-menu'
import { useChat } from '../context'
import { useSettings, type ChatModel } from '../selectors'
import { Explained } from './explained'
import styles from './labelled.module.css'

/** How words are chosen, and how many. */
export function WordsSection({ model }: { readonly model: ChatModel }) {
  const feature = useChat()
  const settings = useSettings()
  const defaults = model.chat.defaults.read
  const maxTokens = settings.maxTokens ?? defaults?.maxTokens ?? 512
  const temperature = settings.temperature ?? defaults?.temperature ?? 0
  const isText = !model.chat.seesPictures
  return (
    <Section title="Words">
      <Explained about="0 takes the likeliest word each time; higher is more varied.">
        <SliderField
          label="Temperature"
          value={temperature}
          min={0}
          max={2}
          hardMax={100}
          step={0.05}
          decimals={2}
          onChange={(value) => feature.settings.change({ temperature: value })}
        />
      </Explained>
      <Explained about="The answer is cut there, and can be gone on with.">
        <SliderField
          label="Max tokens"
          value={maxTokens}
          min={16}
          max={2048}
          hardMin={1}
          hardMax={chatLimits.maxTokens}
          step={16}
          onChange={(value) => feature.settings.change({ maxTokens: Math.round(value) })}
        />
      </Explained>
      {model.chat.canThink ? (
        <Explained about="How long it may think before it answers or draws.">
          <SliderField
            label="Think tokens"
            value={settings.thinkTokens ?? defaults?.thinkTokens ?? 1024}
            min={16}
            max={4096}
            hardMin={1}
            hardMax={chatLimits.maxTokens}
            step={16}
            onChange={(value) => feature.settings.change({ thinkTokens: Math.round(value) })}
          />
        </Explained>
      ) : null}
      {isText ? (
        <Explained about="Only the likeliest words that together reach this share are drawn from.">
          <SliderField
            label="Top-p"
            value={settings.topP ?? 1}
            min={0.05}
            max={1}
            step={0.05}
            decimals={2}
            onChange={(value) => feature.settings.change({ topP: value === 1 ? undefined : value })}
          />
        </Explained>
      ) : null}
      {isText ? (
        <Explained about="Above 1, words that were said already become less likely.">
          <SliderField
            label="Repetition"
            value={settings.repetitionPenalty ?? 1}
            min={1}
            max={2}
            hardMin={0.1}
            hardMax={10}
            step={0.05}
            decimals={2}
            onChange={(value) => feature.settings.change({ repetitionPenalty: value === 1 ? undefined : value })}
          />
        </Explained>
      ) : null}
      {model.chat.strategies.length > 1 ? (
        <Explained about="Guesses several words ahead and checks them at once: faster, the same words.">
          <div className={styles.row}>
            <span>Drafting</span>
            <StrategyMenu />
          </div>
        </Explained>
      ) : null}
    </Section>
  )
}
