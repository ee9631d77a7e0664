import { useStore } from 'zustand'
import { runningJob } from '../studio/jobs-state'
import { useStudio } from '../studio/context'
import { showPanel, type AppStore } from './app-store'
import { panelOf, panels, type Panel } from './panels'
import styles from './rail.module.css'

export function Rail({ app }: { readonly app: AppStore }) {
  const { jobs } = useStudio()
  const current = useStore(app, (state) => state.panel)
  const running = useStore(jobs, (state) => panelOf(runningJob(state)))

  function item({ id, label, icon: Icon }: Panel) {
    return (
      <a
        key={id}
        href={`#/${id}`}
        className={styles.item}
        aria-current={id === current ? 'page' : undefined}
        onClick={(event) => {
          event.preventDefault()
          showPanel(app, id)
        }}
      >
        <Icon size={20} strokeWidth={1.6} className={styles.icon ?? ''} />
        <span>{label}</span>
        {id === running ? <i className={styles.busy} role="img" aria-label="working" /> : null}
      </a>
    )
  }

  return (
    <nav className={styles.rail} aria-label="Panels">
      {panels.filter(({ isAtFoot }) => isAtFoot !== true).map(item)}
      <span className={styles.gap} />
      {panels.filter(({ isAtFoot }) => isAtFoot === true).map(item)}
    </nav>
  )
}
