import { ChevronDown, Image as ImageIcon } from 'lucide-react'
import { useStore } from 'zustand'
import { Button } from '../../../../ui/button'
import { chooseFiles } from '../../../../ui/choose-files'
import { plural } from '../../../../ui/format'
import { Popover } from '../../../../ui/popover'
import { usePrecision } from '../../context'
import { pictureTypes, pictureWords, takeCalibration, takeFiles, takeLabels } from './chosen-pictures'
import styles from './pictures-field.module.css'

/** The pictures that every precision of a detector looks at, and what it is judged by. */
export function PicturesField() {
  const { form } = usePrecision()
  const chosen = useStore(form, (state) => state.pictures)
  return (
    <Popover
      label="Pictures"
      placement="bottom start"
      trigger={
        <Button className={styles.trigger} data-field="precision-subject">
          <ImageIcon size={14} strokeWidth={1.75} aria-hidden />
          <span className={styles.name}>{pictureWords(chosen)}</span>
          <ChevronDown size={12} aria-hidden />
        </Button>
      }
    >
      {(close) => (
        <div className={styles.list}>
          <Source close={close} />
          <Labels />
          <Calibration />
        </div>
      )}
    </Popover>
  )
}

function Source({ close }: { readonly close: () => void }) {
  const feature = usePrecision()
  const chosen = useStore(feature.form, (state) => state.pictures)

  async function choose(isFolder: boolean): Promise<void> {
    const files = await chooseFiles(isFolder ? { isFolder } : { accept: pictureTypes, isMultiple: true })
    if (files.length === 0) return
    close()
    await takeFiles(feature, files)
  }

  return (
    <section className={styles.part}>
      <h4>Pictures</h4>
      <p>
        {chosen.kind === 'sample'
          ? 'Composed scenes that come with the studio, with labels: drawings that the bundled detector never saw.'
          : `${plural(chosen.pictures.length, 'picture')} of your own.`}
      </p>
      <div className={styles.actions}>
        <Button size="sm" onPress={() => void choose(false)}>
          Choose pictures
        </Button>
        <Button size="sm" onPress={() => void choose(true)}>
          Choose a folder
        </Button>
        {chosen.kind === 'sample' ? null : (
          <Button size="sm" onPress={() => feature.form.setState({ pictures: { kind: 'sample' } })}>
            Bundled scenes
          </Button>
        )}
      </div>
    </section>
  )
}

function Labels() {
  const feature = usePrecision()
  const chosen = useStore(feature.form, (state) => state.pictures)
  if (chosen.kind === 'sample') return null
  return (
    <section className={styles.part}>
      <h4>Labels</h4>
      <p>
        {chosen.labels === null
          ? 'With labels in COCO’s JSON, mean average precision is measured; without, boxes are held against those of fp32 alone.'
          : `${chosen.labels.name}: ${plural(chosen.labels.truth.annotations.length, 'label')}.`}
      </p>
      <div className={styles.actions}>
        <Button
          size="sm"
          onPress={() => {
            void chooseFiles({ accept: ['.json', 'application/json'] }).then(([file]) =>
              file === undefined ? undefined : takeLabels(feature, file),
            )
          }}
        >
          Choose labels
        </Button>
        {chosen.labels === null ? null : (
          <Button size="sm" onPress={() => feature.form.setState({ pictures: { ...chosen, labels: null } })}>
            Without labels
          </Button>
        )}
      </div>
    </section>
  )
}

/** Static int8 alone reads these. */
function Calibration() {
  const feature = usePrecision()
  const calibration = useStore(feature.form, (state) => state.calibration)
  const isUsed = useStore(feature.form, ({ columns }) => columns.some(({ column }) => column === 'int8-static'))
  if (!isUsed) return null
  return (
    <section className={styles.part}>
      <h4>Calibration of int8 static</h4>
      <p>
        {calibration.length === 0
          ? 'Ranges are found on other bundled scenes, apart from those that are compared.'
          : `Ranges are found on ${plural(calibration.length, 'picture')} of your own.`}
      </p>
      <div className={styles.actions}>
        <Button
          size="sm"
          onPress={() => {
            void chooseFiles({ accept: pictureTypes, isMultiple: true }).then((files) =>
              files.length === 0 ? undefined : takeCalibration(feature, files),
            )
          }}
        >
          Choose others
        </Button>
        {calibration.length === 0 ? null : (
          <Button size="sm" onPress={() => feature.form.setState({ calibration: [] })}>
            Bundled scenes
          </Button>
        )}
      </div>
    </section>
  )
}
