import { ShieldCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStudio } from '../../studio/context'
import styles from './settings-panel.module.css'

interface Info {
  readonly version: string
  readonly platform: string
  readonly dataFolder: string
}

export function AboutSection() {
  const { client, report } = useStudio()
  const [info, setInfo] = useState<Info | null>(null)
  useEffect(() => {
    client.studio.info().then(setInfo, (error: unknown) => {
      report('Asking for the version', error)
    })
  }, [client, report])
  return (
    <section className={styles.section}>
      <h2>About</h2>
      {info === null ? null : (
        <>
          <div className={styles.row}>
            <span className={styles.label}>Atelier</span>
            {info.version}, {info.platform}
          </div>
          <div className={styles.row}>
            <span className={styles.label}>Pictures and settings are kept in</span>
            {info.dataFolder}
          </div>
        </>
      )}
      <p className={styles.hint} style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
        <ShieldCheck size={14} strokeWidth={1.75} aria-hidden />
        Nothing you make leaves this machine.
      </p>
    </section>
  )
}
