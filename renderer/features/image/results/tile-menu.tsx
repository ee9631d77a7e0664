import {
  ClipboardCopy,
  Columns2,
  Dices,
  FolderOpen,
  ImagePlus,
  MessageSquare,
  Save,
  ScanSearch,
  Star,
  TextQuote,
  Trash2,
  WandSparkles,
} from 'lucide-react'
import type { ImageRecord } from '../../../../contract/images'
import { useStudio } from '../../../studio/context'
import { fileName, shortTitle } from '../../../ui/format'
import { ContextMenu, type MenuAction } from '../../../ui/menu'
import {
  compareWith,
  copyImage,
  recallAll,
  recallField,
  removeImage,
  saveImage,
  startFrom,
  toggleStar,
} from '../actions'
import { useImageFeature, type ImageFeature } from '../feature'
import { useCurrentModel, useSelectedImage } from '../selectors'

export interface TileMenuPlace {
  readonly image: ImageRecord
  readonly at: { readonly x: number; readonly y: number }
}

export function TileMenu({ place, onClose }: { readonly place: TileMenuPlace; readonly onClose: () => void }) {
  const actions = useImageMenu(place.image)
  return <ContextMenu label="Picture" actions={actions} at={place.at} onClose={onClose} />
}

/** Everything that can be done with a picture, for the context menu and the details. */
export function useImageMenu(image: ImageRecord): readonly MenuAction[] {
  const feature = useImageFeature()
  const { host } = useStudio()
  const model = useCurrentModel()
  const onStage = useSelectedImage()
  return [
    ...recallActions(feature, image),
    {
      id: 'start',
      label: 'Use as start image',
      icon: <ImagePlus size={14} />,
      startsGroup: true,
      ...(model?.image?.canEncode === false ? { disabledReason: 'The chosen model cannot read pictures' } : {}),
      run: () => startFrom(feature, image.assetId),
    },
    {
      id: 'chat',
      label: 'Ask about it in Chat',
      icon: <MessageSquare size={14} />,
      run: () =>
        feature.studio.parcels.setState({
          parcel: { to: 'chat', assetId: image.assetId, name: shortTitle(image.settings.prompt, 32) },
        }),
    },
    {
      id: 'detect',
      label: 'Find things in it in Detect',
      icon: <ScanSearch size={14} />,
      run: () =>
        feature.studio.parcels.setState({
          parcel: { to: 'detect', assetId: image.assetId, name: fileName(image.settings.prompt, image.settings.seed) },
        }),
    },
    {
      id: 'compare',
      label: 'Compare with the stage',
      icon: <Columns2 size={14} />,
      keys: 'c',
      ...(onStage === null || onStage.id === image.id
        ? { disabledReason: 'Another picture must be on the stage' }
        : {}),
      run: () => compareWith(feature, image.id),
    },
    {
      id: 'copy',
      label: 'Copy picture',
      icon: <ClipboardCopy size={14} />,
      keys: '$mod+c',
      startsGroup: true,
      run: () => void copyImage(feature, image.assetId),
    },
    {
      id: 'save',
      label: 'Save as…',
      icon: <Save size={14} />,
      run: () => void saveImage(feature, image.assetId, image.settings),
    },
    ...(host.hasFiles
      ? [
          {
            id: 'reveal',
            label: 'Show in the file manager',
            icon: <FolderOpen size={14} />,
            run: () => void host.revealAsset(image.assetId),
          },
        ]
      : []),
    {
      id: 'star',
      label: image.starred ? 'Remove the star' : 'Star',
      icon: <Star size={14} />,
      keys: 'f',
      startsGroup: true,
      run: () => toggleStar(feature, image),
    },
    {
      id: 'delete',
      label: 'Delete',
      icon: <Trash2 size={14} />,
      keys: 'Delete',
      isDangerous: true,
      run: () => removeImage(feature, image),
    },
  ]
}

function recallActions(feature: ImageFeature, { settings }: ImageRecord): readonly MenuAction[] {
  return [
    {
      id: 'all',
      label: 'Use these settings',
      icon: <WandSparkles size={14} />,
      keys: 'a',
      run: () => recallAll(feature, settings),
    },
    {
      id: 'seed',
      label: 'Use this seed',
      icon: <Dices size={14} />,
      keys: 's',
      run: () => recallField(feature, settings, 'seed'),
    },
    {
      id: 'prompt',
      label: 'Use this prompt',
      icon: <TextQuote size={14} />,
      keys: 'p',
      run: () => recallField(feature, settings, 'prompt'),
    },
  ]
}
