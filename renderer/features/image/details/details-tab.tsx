import { Copy, CornerUpLeft, Ellipsis } from 'lucide-react'
import { useStore } from 'zustand'
import type { GenerateSettings, ImageRecord } from '../../../../contract/images'
import { useStudio } from '../../../studio/context'
import { Button, IconButton } from '../../../ui/button'
import { formatClock, formatDay } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { Menu } from '../../../ui/menu'
import { Section } from '../../../ui/section'
import { copyText, recallAll, recallField } from '../actions'
import { useImageFeature } from '../feature'
import { differences, fields, type Field } from '../fields'
import { useImageMenu } from '../results/tile-menu'
import { useDraft } from '../selectors'
import { describeSteps } from '../steps'
import { useStageContent } from '../stage/stage-content'
import styles from './details-tab.module.css'
import { ScheduleSection } from './schedule-section'
import { TimeSection } from './time-section'

const hiddenWhenUsual: Readonly<Record<string, string>> = {
  negativePrompt: '',
  prompt2: '',
  prompt3: '',
  count: '1',
  sigmaConversion: 'As trained',
  guidanceEnd: '100%',
  guidanceBatched: 'in one batch',
  clipSkip: '0',
  withoutEncoders: 'none',
  skipLayers: 'none',
  previewEvery: 'every step',
  initImage: 'none',
}

export function DetailsTab() {
  const { image, job, settings } = useStageContent()
  if (settings === null) {
    return (
      <>
        <p className={styles.empty}>
          The settings of the picture on the stage stand here, beside what the form would do.
        </p>
        <ScheduleSection />
      </>
    )
  }
  return (
    <>
      {image === null ? null : <ImageFacts image={image} />}
      <SettingsList settings={settings} title={image === null ? 'This run' : 'Settings'} isRun={job !== null} />
      <ScheduleSection />
      <TimeSection />
    </>
  )
}

function ImageFacts({ image }: { readonly image: ImageRecord }) {
  const menu = useImageMenu(image)
  const now = useNow()
  const devices = useStore(useStudio().devices, (state) => state.status)
  const device = devices?.devices.find(({ provider }) => provider === image.provider)?.name ?? image.provider
  return (
    <Section
      title={`${formatDay(image.createdAt, now)}, ${formatClock(image.createdAt)}`}
      end={
        <Menu label="Picture" actions={menu}>
          <IconButton label="More actions">
            <Ellipsis size={14} />
          </IconButton>
        </Menu>
      }
    >
      <p className={styles.facts}>
        {image.modelName}, on {device}
        {image.partial ? `. Stopped after ${describeSteps(image)}` : ''}
      </p>
    </Section>
  )
}

interface SettingsListProps {
  readonly settings: GenerateSettings
  readonly title: string
  readonly isRun: boolean
}

/** Each setting, what the form says where it says otherwise, and the ways to copy or use it. */
function SettingsList({ settings, title, isRun }: SettingsListProps) {
  const feature = useImageFeature()
  const draft = useDraft((one) => one)
  const formDiffers = differences(draft, settings)
  const shown = fields.filter(
    (field) =>
      // A picture is one, however many its run made.
      (isRun || field.key !== 'count') &&
      field.key !== 'modelId' &&
      !(hiddenWhenUsual[field.key] === field.read(settings) && !(field.key in formDiffers)),
  )
  const count = Object.keys(formDiffers).filter((key) => key !== 'seed' && key !== 'count').length
  return (
    <Section
      title={title}
      note={count === 0 ? undefined : `${count} unlike the form`}
      end={
        <Button
          size="sm"
          variant="ghost"
          {...(isRun ? {} : { keys: 'a' })}
          onPress={() => recallAll(feature, settings)}
        >
          Use all
        </Button>
      }
    >
      <dl className={styles.list}>
        {shown.map((field) => (
          <Row
            key={field.key}
            field={field}
            settings={settings}
            formValue={isRun && field.key === 'seed' ? null : (formDiffers[field.key] ?? null)}
          />
        ))}
      </dl>
    </Section>
  )
}

interface RowProps {
  readonly field: Field
  readonly settings: GenerateSettings
  readonly formValue: string | null
}

function Row({ field, settings, formValue }: RowProps) {
  const feature = useImageFeature()
  const value = field.read(settings)
  const isText =
    field.key === 'prompt' || field.key === 'negativePrompt' || field.key === 'prompt2' || field.key === 'prompt3'
  return (
    <div className={isText ? styles.textRow : styles.row}>
      <dt>{field.label}</dt>
      <dd>
        {formValue === null || isText ? null : (
          <s className={styles.form} title={`The form says ${formValue}`}>
            {formValue}
          </s>
        )}
        <span className={isText ? styles.prose : undefined}>{value === '' ? 'none' : value}</span>
        {isText && formValue !== null ? <span className={styles.unlike}>The form has another text.</span> : null}
        <span className={styles.actions}>
          {formValue === null ? null : (
            <IconButton
              label={`Use this ${field.label.toLowerCase()}`}
              onPress={() => recallField(feature, settings, field.key)}
            >
              <CornerUpLeft size={12} strokeWidth={2} />
            </IconButton>
          )}
          <IconButton
            label={`Copy ${field.label.toLowerCase()}`}
            onPress={() => void copyText(field.label, field.key === 'seed' ? String(settings.seed) : value)}
          >
            <Copy size={12} strokeWidth={2} />
          </IconButton>
        </span>
      </dd>
    </div>
  )
}
