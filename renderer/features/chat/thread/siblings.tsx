import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { Message } from '../../../../contract/chat'
import { IconButton } from '../../../ui/button'
import { chooseSibling } from '../actions'
import { useChat } from '../context'
import styles from './siblings.module.css'

interface SiblingsProps {
  readonly message: Message
  readonly place: number
  readonly count: number
}

/** Walks through what was said in a message's place; away where nothing else was. */
export function Siblings({ message, place, count }: SiblingsProps) {
  const feature = useChat()
  if (count < 2) return null
  const what = message.role === 'user' ? 'message' : 'answer'
  return (
    <span className={styles.siblings} role="group" aria-label={`Versions of this ${what}`}>
      <IconButton
        label={`Previous ${what}`}
        isDisabled={place === 0}
        onPress={() => chooseSibling(feature, message, -1)}
      >
        <ChevronLeft size={12} strokeWidth={2} />
      </IconButton>
      <span>
        {place + 1} / {count}
      </span>
      <IconButton
        label={`Next ${what}`}
        isDisabled={place === count - 1}
        onPress={() => chooseSibling(feature, message, 1)}
      >
        <ChevronRight size={12} strokeWidth={2} />
      </IconButton>
    </span>
  )
}
