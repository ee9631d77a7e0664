import { ListBox, ListBoxItem } from 'react-aria-components'
import type { ComparedPicture } from '../../../../../contract/precision'
import { useStudio } from '../../../../studio/context'
import { usePrecision } from '../../context'
import type { ShownColumn } from '../comparison-store'
import { changesOf } from './box-changes'
import styles from './boxes-stage.module.css'

interface PictureListProps {
  readonly pictures: readonly ComparedPicture[]
  /** The picture that is shown. */
  readonly place: number
  /** The column whose changes are counted. */
  readonly column: ShownColumn | undefined
  readonly reference: ShownColumn | undefined
}

/** All pictures that were looked at, with what changed in each. */
export function PictureList({ pictures, place, column, reference }: PictureListProps) {
  const { view } = usePrecision()
  const { assetUrl } = useStudio()
  return (
    <ListBox
      aria-label="Pictures"
      className={styles.pictures!}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[String(place)]}
      onSelectionChange={(keys) => {
        const [key] = keys === 'all' ? [] : [...keys]
        if (key !== undefined) view.setState({ picture: Number(key), match: null })
      }}
    >
      {pictures.map(({ assetId, name }, index) => (
        <ListBoxItem key={index} id={String(index)} textValue={name} className={styles.item!}>
          <img src={assetUrl(assetId)} alt="" loading="lazy" draggable={false} />
          <span className={styles.itemName}>{name}</span>
          <Count column={column} reference={reference} index={index} />
        </ListBoxItem>
      ))}
    </ListBox>
  )
}

function Count({ column, reference, index }: Pick<PictureListProps, 'column' | 'reference'> & { index: number }) {
  const of = (one: ShownColumn | undefined) => {
    const output = one?.result?.output
    return output?.kind === 'detection' ? output.pictures[index] : undefined
  }
  const own = of(column)
  if (own === undefined) {
    const found = of(reference)
    return found === undefined ? null : <span className={styles.itemCount}>{found.boxes.length}</span>
  }
  const { lost, more } = changesOf([own])
  const words = [lost > 0 ? `${lost} lost` : '', more > 0 ? `${more} more` : ''].filter((part) => part !== '')
  return (
    <span className={styles.itemCount} data-changed={words.length > 0 || undefined}>
      {words.length === 0 ? 'same' : words.join(', ')}
    </span>
  )
}
