import { Download, ImagePlus, Images, ScanSearch, Send, WandSparkles } from 'lucide-react'
import type { Answer, DrawnPart } from '../../../../contract/chat'
import { Button } from '../../../ui/button'
import { Menu } from '../../../ui/menu'
import { showToast } from '../../../ui/toaster'
import { attempt, copyPicture, editPicture, savePicture, sendToDetect } from '../actions'
import { useChat, useExits, type ChatExits } from '../context'
import type { ChatFeature } from '../feature'
import { useModel } from '../selectors'
import styles from './drawn-actions.module.css'
import { drawnName } from './drawn-words'

interface DrawnActionsProps {
  readonly answer: Answer
  readonly part: DrawnPart
  readonly index: number
}

/** Where a picture goes from here: into the next words, the gallery, a file, another panel. */
export function DrawnActions({ answer, part, index }: DrawnActionsProps) {
  const feature = useChat()
  const exits = useExits()
  const model = useModel()
  const { assetId } = part
  if (assetId === null) return null
  const canEdit = model?.chat.modes.includes('edit') === true
  return (
    <div className={styles.actions}>
      {canEdit ? (
        <Button size="sm" onPress={() => editPicture(feature, part)}>
          <WandSparkles size={12} strokeWidth={2} aria-hidden />
          Edit this
        </Button>
      ) : null}
      <Button size="sm" onPress={() => void showInGallery(feature, exits, answer, index)}>
        <Images size={12} strokeWidth={2} aria-hidden />
        {part.imageId === null ? 'Keep in gallery' : 'Open in gallery'}
      </Button>
      <Menu
        label="Send to"
        placement="bottom start"
        actions={[
          {
            id: 'save',
            label: 'Save as…',
            icon: <Download size={14} />,
            run: () => void savePicture(feature, assetId, drawnName(answer)),
          },
          {
            id: 'copy',
            label: 'Copy the picture',
            run: () => void copyPicture(feature, assetId),
          },
          {
            id: 'start',
            label: 'Start image in Image',
            icon: <ImagePlus size={14} />,
            startsGroup: true,
            run: () => exits.startFrom(assetId),
          },
          {
            id: 'detect',
            label: 'Find things in it in Detect',
            icon: <ScanSearch size={14} />,
            run: () => sendToDetect(feature, assetId, drawnName(answer)),
          },
        ]}
      >
        <Button size="sm">
          <Send size={12} strokeWidth={2} aria-hidden />
          Send to
        </Button>
      </Menu>
    </div>
  )
}

/** A picture is kept in the gallery by the first who asks; after that it is shown there. */
async function showInGallery(feature: ChatFeature, exits: ChatExits, answer: Answer, index: number): Promise<void> {
  const part = answer.parts[index]
  if (part?.type === 'drawn' && part.imageId !== null) {
    exits.showImage(part.imageId)
    return
  }
  await attempt(feature, 'Keeping a picture', async () => {
    const image = await feature.studio.client.chat.keep({ messageId: answer.id, part: index })
    showToast({
      tone: 'ok',
      text: 'Kept in the gallery',
      action: { label: 'Show', run: () => exits.showImage(image.id) },
    })
  })
}
