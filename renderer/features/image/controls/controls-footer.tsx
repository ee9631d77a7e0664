import { ChevronDown, ListStart, Sparkles } from 'lucide-react'
import { useStore } from 'zustand'
import { Button } from '../../../ui/button'
import { Menu } from '../../../ui/menu'
import { Spinner } from '../../../ui/spinner'
import { useImageFeature } from '../feature'
import styles from './controls-footer.module.css'
import { submit } from './prompt-field'

export function ControlsFooter() {
  const feature = useImageFeature()
  const isHeld = useStore(feature.view, (state) => state.isHeld)
  return (
    <footer className={styles.foot}>
      <Button
        variant="primary"
        size="lg"
        {...(isHeld ? {} : { keys: '$mod+Enter' })}
        className={styles.main}
        onPress={() => void submit(feature)}
      >
        {isHeld ? <Spinner /> : <Sparkles size={14} strokeWidth={1.75} aria-hidden />}
        {isHeld ? 'Waiting for the models…' : 'Add to queue'}
      </Button>
      <Menu
        label="Other ways to queue"
        placement="top end"
        actions={[
          {
            id: 'first',
            label: 'First in the queue',
            icon: <ListStart size={14} />,
            keys: '$mod+Shift+Enter',
            run: () => void submit(feature, true),
          },
        ]}
      >
        <Button variant="primary" size="lg" className={styles.menu} aria-label="Other ways to queue">
          <ChevronDown size={14} aria-hidden />
        </Button>
      </Menu>
    </footer>
  )
}
