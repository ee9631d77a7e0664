import { StudioError } from '../../contract/errors'
import type { PrecisionSettings } from '../../contract/precision'
import type { Provider } from '../../contract/devices'
import type { Sd3Folder } from '../images/folder'
import { defaultThreads } from '../runtime/cpu-threads'
import type { TaskContext } from '../runtime/serve-tasks'
import type { LanguageFolder } from '../text/language-folder'
import { compareColumns, type ComparisonEvent } from './compare-columns'
import type { ConversationInput } from './conversation'
import { ConversationPictureSource } from './conversation-drawing'
import { ConversationTextSource } from './conversation-writer'
import { DetectionRunner, type DetectionInput } from './detection-subject'
import { GraphRunner } from './graph-subject'
import { LanguageSource } from './language-writer'
import type { RunPlace } from './pinned-choices'
import { PictureRunner } from './picture-subject'
import { pictureSettings, Sd3Source } from './sd3-drawing'
import type { SubjectRunner } from './subject'
import { TextRunner } from './text-subject'
import { VariantStore } from './variant-store'

/** What the worker needs to compare: plain data that can be cloned into its thread. */
export interface PrecisionTaskInput {
  readonly modelId: string
  readonly modelHash: string
  readonly settings: PrecisionSettings
  /** Graphs that the subject runs, by role; which of them are converted, and whose layers are looked at. */
  readonly graphs: Readonly<Record<string, string>>
  readonly roles: readonly string[]
  readonly mainRole: string
  /** The model's folder, by its family. */
  readonly sd3?: Sd3Folder
  readonly language?: LanguageFolder
  /** A model that converses, and the pictures that it is asked about. */
  readonly conversation?: ConversationInput
  /** Pictures for a detector, as its network takes them. */
  readonly detection?: DetectionInput
  readonly provider: Provider
  /** 0 is one a physical core. */
  readonly threads: number
  /** Where converted graphs are kept. */
  readonly storeFolder: string
}

const usualRuns = { picture: 1, text: 1, graph: 30 } as const

/** Compares a model's precisions inside the inference worker. @throws StudioError as compareColumns */
export async function runPrecisionTask(
  input: PrecisionTaskInput,
  context: TaskContext<ComparisonEvent>,
): Promise<void> {
  // What other panels left loaded would count as this comparison's memory, and take it.
  await context.sessions.releaseAll()
  const place = {
    store: new VariantStore(input.storeFolder),
    provider: input.provider,
    threads: input.threads || defaultThreads(),
  }
  await compareColumns({
    ...input,
    ...place,
    subject: subjectOf(input, place),
    isCancelled: () => context.isCancelled(),
    emit: (event) => context.emit(event),
  })
}

function subjectOf(
  { modelId, settings, sd3, language, conversation, detection }: PrecisionTaskInput,
  place: RunPlace,
): SubjectRunner {
  const { subject } = settings
  if (subject.kind === 'picture') {
    const source =
      sd3 !== undefined
        ? new Sd3Source(sd3, pictureSettings(sd3, modelId, subject))
        : conversation !== undefined && new ConversationPictureSource(conversation.folder, subject)
    if (source !== false) return erased(new PictureRunner(source, settings.runs ?? usualRuns.picture))
  }
  if (subject.kind === 'text') {
    const source =
      language !== undefined
        ? new LanguageSource(modelId, language, subject)
        : conversation !== undefined && new ConversationTextSource(conversation, subject)
    if (source !== false) return erased(new TextRunner(source, settings.runs ?? usualRuns.text))
  }
  if (subject.kind === 'detection' && detection !== undefined) {
    return erased(new DetectionRunner(detection, settings.runs, place))
  }
  if (subject.kind === 'graph') return erased(new GraphRunner(subject, settings.runs ?? usualRuns.graph))
  throw new StudioError('MODEL_UNSUPPORTED', `This model cannot be compared by "${subject.kind}"`, {
    field: 'subject.kind',
  })
}

/** A runner that is given back only what it made itself. */
function erased<Made>(runner: SubjectRunner<Made>): SubjectRunner {
  return runner
}
