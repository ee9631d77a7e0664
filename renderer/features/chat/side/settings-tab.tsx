import { useState } from 'react'
import { useStore } from 'zustand'
import type { ChatMode } from '../../../../contract/chat-settings'
import { Button } from '../../../ui/button'
import { Section } from '../../../ui/section'
import { Segmented } from '../../../ui/segmented'
import { Switch } from '../../../ui/switch'
import { useChat } from '../context'
import { drawingFor, useModel, useSettings } from '../selectors'
import { modeWords } from '../setting-words'
import { DrawingSection } from './drawing-section'
import { Explained } from './explained'
import { ModelSection } from './model-section'
import { PrecisionField } from './precision-field'
import { SeedField } from './seed-field'
import styles from './settings-tab.module.css'
import { SystemField } from './system-field'
import { WordsSection } from './words-section'

/** Everything that decides an answer, each with what it does in one line. What is untouched is the model's own. */
export function SettingsTab() {
  const feature = useChat()
  const model = useModel()
  const settings = useSettings()
  const asked = useStore(feature.composer.store, (state) => state.draft.mode)
  const drawingModes = (model?.chat.modes ?? []).filter((mode) => mode !== 'read')
  const [chosen, setChosen] = useState<ChatMode>('draw')
  const mode = asked === 'draw' || asked === 'edit' ? asked : chosen
  const isChanged = Object.keys(settings).length > 0
  return (
    <div className={styles.tab}>
      <ModelSection />
      {model === null ? null : (
        <>
          <Section
            title="Every turn"
            end={
              isChanged ? (
                <Button size="sm" variant="ghost" onPress={() => feature.settings.replace({})}>
                  Reset all
                </Button>
              ) : undefined
            }
          >
            <SystemField />
            <SeedField />
            <PrecisionField model={model} />
            <Explained about="Off, each turn stands alone, as in the official code of BAGEL.">
              <Switch
                label="Read earlier turns"
                isOn={settings.history ?? true}
                onChange={(history) => feature.settings.change({ history: history ? undefined : false })}
              />
            </Explained>
          </Section>
          <WordsSection model={model} />
          {drawingModes.length === 0 || drawingFor(model, mode, settings) === null ? null : (
            <DrawingSection
              model={model}
              mode={mode}
              end={
                drawingModes.length > 1 ? (
                  <Segmented
                    label="Defaults of"
                    size="sm"
                    value={mode}
                    options={drawingModes.map((key) => ({ key, label: modeWords[key].label }))}
                    onChange={(next) => {
                      setChosen(next)
                      if (asked === 'draw' || asked === 'edit') feature.composer.change({ mode: next })
                    }}
                  />
                ) : null
              }
            />
          )}
        </>
      )}
    </div>
  )
}
