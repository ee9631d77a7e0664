import { useStore } from 'zustand'
import type { SettingsPatch } from '../../../contract/settings'
import { useStudio } from '../../studio/context'
import { Segmented } from '../../ui/segmented'
import { SliderField } from '../../ui/slider-field'
import { Switch } from '../../ui/switch'
import { showToast } from '../../ui/toaster'
import { AboutSection } from './about-section'
import { DeviceSection } from './device-section'
import { ModelFoldersSection } from './model-folders-section'
import styles from './settings-panel.module.css'

/** How the whole studio behaves. Each change acts at once. */
export function SettingsPanel() {
  const studio = useStudio()
  const settings = useStore(studio.settings, (state) => state.settings)

  async function change(patch: SettingsPatch): Promise<void> {
    const failure = await studio.settings.getState().change(patch)
    if (failure !== null) showToast({ tone: 'fail', text: failure.message })
    if (patch.device !== undefined || patch.strictDevice !== undefined || patch.threads !== undefined) {
      await studio.devices.getState().refresh()
    }
  }

  if (settings === null) return <p className={styles.loading}>Reading the settings</p>
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <h1>Settings</h1>
        <section className={styles.section}>
          <h2>Look</h2>
          <div className={styles.row}>
            <span className={styles.label}>Theme</span>
            <Segmented
              label="Theme"
              value={settings.theme}
              options={[
                { key: 'system', label: 'System' },
                { key: 'dark', label: 'Dark' },
                { key: 'light', label: 'Light' },
              ]}
              onChange={(theme) => void change({ theme })}
            />
          </div>
        </section>
        <DeviceSection settings={settings} onChange={(patch) => void change(patch)} />
        <section className={styles.section}>
          <h2>Memory and threads</h2>
          <Switch
            label="Keep models in memory between jobs"
            detail={settings.keepModels ? 'faster' : 'less memory'}
            isOn={settings.keepModels}
            onChange={(keepModels) => void change({ keepModels })}
          />
          <SliderField
            label="Threads"
            value={settings.threads}
            min={0}
            max={32}
            hardMax={256}
            step={1}
            onChange={(threads) => void change({ threads })}
          />
          <p className={styles.hint}>
            {settings.threads === 0
              ? '0 lets the runtime use every core.'
              : 'Loaded models start anew with the new number.'}
          </p>
        </section>
        <section className={styles.section}>
          <h2>Pictures</h2>
          <Switch
            label="Write prompt and settings into saved pictures"
            isOn={settings.embedSettings}
            onChange={(embedSettings) => void change({ embedSettings })}
          />
          <p className={styles.hint}>
            Anyone who gets such a picture can read its prompt. The gallery keeps the settings either way.
          </p>
        </section>
        <ModelFoldersSection />
        <AboutSection />
      </div>
    </div>
  )
}
