import { Copy, FileArchive, FileJson, Folder, PencilLine, Pin, PinOff, Trash2 } from 'lucide-react'
import type { ConversationSummary } from '../../../../contract/chat'
import type { MenuAction } from '../../../ui/menu'
import { useChat } from '../context'
import {
  changeConversation,
  duplicateConversation,
  exportConversation,
  removeConversations,
} from '../conversation-actions'

interface Ways {
  readonly onRename: () => void
  readonly onMove: () => void
}

/** Everything that can be done with a conversation of the list. */
export function useConversationMenu(
  conversation: ConversationSummary,
  { onRename, onMove }: Ways,
): readonly MenuAction[] {
  const feature = useChat()
  const { id, pinned } = conversation
  return [
    { id: 'rename', label: 'Rename', keys: 'F2', icon: <PencilLine size={14} />, run: onRename },
    {
      id: 'pin',
      label: pinned ? 'Unpin' : 'Pin',
      icon: pinned ? <PinOff size={14} /> : <Pin size={14} />,
      run: () => void changeConversation(feature, id, { pinned: !pinned }),
    },
    { id: 'move', label: 'Move to folder…', icon: <Folder size={14} />, run: onMove },
    {
      id: 'duplicate',
      label: 'Duplicate',
      icon: <Copy size={14} />,
      run: () => void duplicateConversation(feature, id),
    },
    {
      id: 'markdown',
      label: 'Export as Markdown with pictures',
      icon: <FileArchive size={14} />,
      startsGroup: true,
      run: () => void exportConversation(feature, id, 'markdown'),
    },
    {
      id: 'json',
      label: 'Export as JSON',
      icon: <FileJson size={14} />,
      run: () => void exportConversation(feature, id, 'json'),
    },
    {
      id: 'delete',
      label: 'Delete',
      keys: 'Delete',
      icon: <Trash2 size={14} />,
      isDangerous: true,
      startsGroup: true,
      run: () => removeConversations(feature, [conversation]),
    },
  ]
}
