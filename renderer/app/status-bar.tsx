import { ArrowUpFromLine, Box, CircleX, TriangleAlert, WifiOff } from 'lucide-react'
import { useStore } from 'zustand'
import type { Device, DeviceStatus, Memory } from '../../contract/devices'
import { useStudio } from '../studio/context'
import { IconButton } from '../ui/button'
import { cx } from '../ui/cx'
import { formatBytes } from '../ui/format'
import { showToast } from '../ui/toaster'
import { showPanel, type AppStore } from './app-store'
import styles from './status-bar.module.css'

export function StatusBar({ app }: { readonly app: AppStore }) {
  const { devices } = useStudio()
  const status = useStore(devices, (state) => state.status)
  const memory = useStore(devices, (state) => state.memory)
  return (
    <footer className={styles.bar}>
      <DeviceBadge status={status} onOpen={() => showPanel(app, 'settings')} />
      {memory === null ? null : <MemoryMeter memory={memory} />}
      {memory === null ? null : <LoadedModels memory={memory} />}
      <span className={styles.push} />
      <QueueCount />
      <ErrorCount onOpen={() => app.setState({ isErrorsOpen: true })} />
      <span>
        <WifiOff size={12} strokeWidth={2} aria-hidden />
        Local only
      </span>
    </footer>
  )
}

interface DeviceBadgeProps {
  readonly status: DeviceStatus | null
  readonly onOpen: () => void
}

/** What really runs; a fallback says what was asked for. */
function DeviceBadge({ status, onOpen }: DeviceBadgeProps) {
  if (status === null) return <span>Looking for devices</span>
  const active = status.devices.find(({ provider }) => provider === status.active)
  const name = shortName(active, status.active)
  const isFallback = status.fallbackReason !== undefined
  return (
    <button
      type="button"
      className={styles.item}
      onClick={onOpen}
      title={status.fallbackReason ?? `Models run on ${name}`}
    >
      {isFallback ? (
        <>
          <TriangleAlert size={12} strokeWidth={2} className={styles.warn} aria-hidden />
          Asked for {status.asked.toUpperCase()}, running on <b>{name}</b>
        </>
      ) : (
        <>
          <i className={styles.dot} />
          <b>{name}</b>
        </>
      )}
    </button>
  )
}

function shortName(device: Device | undefined, provider: string): string {
  return device?.name ?? provider.toUpperCase()
}

function MemoryMeter({ memory }: { readonly memory: Memory }) {
  const weights = memory.models.reduce((sum, { bytes }) => sum + bytes, 0)
  const own = Math.max(0, memory.process - weights)
  const others = Math.max(0, memory.total - memory.free - memory.process)
  const share = (bytes: number) => `${(bytes / memory.total) * 100}%`
  const used = memory.total - memory.free
  return (
    <span
      title={`Models ${formatBytes(weights)}, the rest of the studio ${formatBytes(own)}, other programs ${formatBytes(others)}, free ${formatBytes(memory.free)}`}
    >
      Memory
      <span
        className={styles.meter}
        role="meter"
        aria-label="Memory in use"
        aria-valuenow={Math.round((used / memory.total) * 100)}
      >
        <i style={{ width: share(others), background: 'var(--chart-2)' }} />
        <i style={{ width: share(own), background: 'var(--muted)' }} />
        <i style={{ width: share(weights), background: 'var(--accent)' }} />
      </span>
      <span>
        <b>{(used / 1e9).toFixed(1)}</b> / {formatBytes(memory.total)}
      </span>
    </span>
  )
}

function LoadedModels({ memory }: { readonly memory: Memory }) {
  const studio = useStudio()
  async function eject(modelId: string): Promise<void> {
    const failure = await studio.devices.getState().release(modelId)
    if (failure !== null)
      showToast({ tone: 'warn', text: failure.message, ...(failure.remedy ? { detail: failure.remedy } : {}) })
    else showToast({ tone: 'ok', text: 'Unloaded', detail: modelId })
  }
  return memory.models.map(({ modelId, bytes, graphs }) => (
    <span key={modelId} title={graphs.map(({ role, bytes: size }) => `${role} ${formatBytes(size)}`).join(', ')}>
      <Box size={12} strokeWidth={2} aria-hidden />
      <b>{modelId}</b> {formatBytes(bytes)}
      <IconButton label={`Unload ${modelId}`} className={styles.eject} onPress={() => void eject(modelId)}>
        <ArrowUpFromLine size={12} strokeWidth={2} />
      </IconButton>
    </span>
  ))
}

function QueueCount() {
  const { jobs } = useStudio()
  const isPaused = useStore(jobs, (state) => state.queue.paused)
  const count = useStore(
    jobs,
    (state) => Object.values(state.jobs).filter(({ status }) => status === 'queued' || status === 'running').length,
  )
  if (count === 0) return <span>{isPaused ? 'Queue paused' : 'Queue idle'}</span>
  return (
    <span>
      <b>{count}</b> in queue{isPaused ? ', paused' : ''}
    </span>
  )
}

function ErrorCount({ onOpen }: { readonly onOpen: () => void }) {
  const { errors } = useStudio()
  const count = useStore(errors, (state) => state.errors.length)
  return (
    <button type="button" className={cx(styles.item, count > 0 && styles.failed)} onClick={onOpen}>
      {count > 0 ? <CircleX size={12} strokeWidth={2} aria-hidden /> : null}
      {count} {count === 1 ? 'error' : 'errors'}
    </button>
  )
}
