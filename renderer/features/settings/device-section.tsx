import { Check, Cpu, TriangleAlert, X } from 'lucide-react'
import { useStore } from 'zustand'
import type { Device, DeviceChoice } from '../../../contract/devices'
import type { Settings, SettingsPatch } from '../../../contract/settings'
import { useStudio } from '../../studio/context'
import { Chip } from '../../ui/chip'
import { formatMilliseconds, sentences } from '../../ui/format'
import { Select } from '../../ui/select'
import { Switch } from '../../ui/switch'
import styles from './settings-panel.module.css'

interface DeviceSectionProps {
  readonly settings: Settings
  readonly onChange: (patch: SettingsPatch) => void
}

/** What was asked for, what really runs, and why they differ where they do. */
export function DeviceSection({ settings, onChange }: DeviceSectionProps) {
  const status = useStore(useStudio().devices, (state) => state.status)
  const devices = status?.devices ?? []
  const active = devices.find(({ provider }) => provider === status?.active)
  return (
    <section className={styles.section}>
      <h2>Device</h2>
      <div className={styles.row}>
        <span className={styles.label}>Run models on</span>
        <div style={{ width: 240 }}>
          <Select<DeviceChoice>
            label="Run models on"
            value={settings.device}
            options={[
              { key: 'auto', label: 'The fastest that works' },
              ...devices.map((device) => ({
                key: device.provider,
                label: device.name,
                ...(device.available ? {} : { detail: device.reason ?? 'Not available' }),
              })),
            ]}
            onChange={(device) => onChange({ device })}
          />
        </div>
      </div>
      <Switch
        label="Fail rather than fall back to another device"
        isOn={settings.strictDevice}
        onChange={(strictDevice) => onChange({ strictDevice })}
      />
      {status?.fallbackReason === undefined ? null : (
        <p className={`${styles.hint} ${styles.warn}`}>
          Asked for {status.asked}, running on {active?.name ?? status.active}: {status.fallbackReason}
        </p>
      )}
      <ul className={styles.list}>
        {devices.map((device) => (
          <li key={device.provider} className={styles.item}>
            <Cpu size={16} strokeWidth={1.75} aria-hidden />
            <span className={styles.words}>
              <span className={styles.name}>{device.name}</span>
              <span className={styles.facts}>{facts(device)}</span>
            </span>
            {device.available ? (
              <Chip tone="ok" icon={<Check size={12} strokeWidth={2} aria-hidden />}>
                {device.provider === status?.active ? 'In use' : 'Ready'}
              </Chip>
            ) : device.provider === settings.device ? (
              <Chip tone="warn" icon={<TriangleAlert size={12} strokeWidth={2} aria-hidden />}>
                Not available
              </Chip>
            ) : (
              <Chip icon={<X size={12} strokeWidth={2} aria-hidden />}>Not available</Chip>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function facts({ available, reason, remedy, probeMilliseconds }: Device): string {
  if (!available) return sentences(reason, remedy) || 'The test graph did not run.'
  return probeMilliseconds === undefined
    ? 'The test graph ran and gave the right numbers.'
    : `The test graph gave the right numbers in ${formatMilliseconds(probeMilliseconds)}.`
}
