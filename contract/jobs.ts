import * as z from 'zod'
import { detectionJobRequestSchema } from './detection'
import { failureSchema } from './errors'
import {
  comparisonIdSchema,
  conversationIdSchema,
  detectionRunIdSchema,
  imageIdSchema,
  jobIdSchema,
  messageIdSchema,
  modelIdSchema,
  raceIdSchema,
} from './ids'
import { frameSchema, generateRequestSchema, stageSchema } from './images'
import { measureRequestSchema } from './inspection-measures'
import { precisionRequestSchema } from './precision'
import { raceRequestSchema } from './speculation'

export const jobStatusSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
export type JobStatus = z.infer<typeof jobStatusSchema>

/** The stages of every kind of job. */
export const jobStageSchema = z.enum([
  ...stageSchema.options,
  'prefill',
  'generate',
  'measure',
  'detect',
  'convert',
  'compare',
])
export type JobStage = z.infer<typeof jobStageSchema>

export const progressSchema = z.object({
  stage: jobStageSchema,
  /** What is being done, in words: "Reading weights: transformer". */
  label: z.string(),
  /** Which picture of the batch, from 0. */
  item: z.number().int(),
  items: z.number().int(),
  /** Steps done of the picture in hand. */
  step: z.number().int(),
  steps: z.number().int(),
  sigma: z.number().nullable(),
  secondsPerStep: z.number().nullable(),
  /** Whole job, 0 to 1, never falling. */
  fraction: z.number().min(0).max(1),
  /** Seconds left for the whole job as a range; null until something was measured. */
  eta: z.object({ low: z.number(), high: z.number() }).nullable(),
})
export type Progress = z.infer<typeof progressSchema>

export const logLineSchema = z.object({ at: z.number(), text: z.string() })

/** What a job was asked to do. Each capability of the studio adds its own kind. */
export const jobRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image'), request: generateRequestSchema }),
  z.object({ kind: z.literal('race'), request: raceRequestSchema }),
  z.object({
    kind: z.literal('calibration'),
    request: z.object({ modelId: modelIdSchema, precision: z.string().max(40).optional() }),
  }),
  z.object({ kind: z.literal('inspection'), request: measureRequestSchema }),
  z.object({
    kind: z.literal('chat'),
    /** The answer to write: what it answers and how is in its record. */
    request: z.object({ conversationId: conversationIdSchema, answerId: messageIdSchema, modelId: modelIdSchema }),
  }),
  z.object({ kind: z.literal('detection'), request: detectionJobRequestSchema }),
  z.object({ kind: z.literal('precision'), request: precisionRequestSchema }),
])
export type JobRequest = z.output<typeof jobRequestSchema>

export const jobSchema = z.object({
  id: jobIdSchema,
  request: jobRequestSchema,
  title: z.string(),
  status: jobStatusSchema,
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  /** Place in the queue; lower runs first. Meaningful while queued. */
  position: z.number(),
  progress: progressSchema.nullable(),
  failure: failureSchema.nullable(),
  imageIds: z.array(imageIdSchema),
  /** The race that a job of that kind left behind. */
  raceId: raceIdSchema.nullable().default(null),
  /** The folder run that a job of that kind fills. */
  detectionRunId: detectionRunIdSchema.nullable().default(null),
  /** The comparison that a job of that kind left behind. */
  comparisonId: comparisonIdSchema.nullable().default(null),
  /** Latent pictures of the run so far, the newest last. Empty once the job is over: the image records keep them. */
  frames: z.array(frameSchema),
  log: z.array(logLineSchema),
})
export type Job = z.infer<typeof jobSchema>

export const queueSchema = z.object({ paused: z.boolean() })
export type Queue = z.infer<typeof queueSchema>

/** What `jobs.watch` yields: everything once, then each change. */
export const jobEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), jobs: z.array(jobSchema), queue: queueSchema }),
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('progress'), jobId: jobIdSchema, progress: progressSchema }),
  z.object({ type: z.literal('frame'), jobId: jobIdSchema, item: z.number().int(), frame: frameSchema }),
  z.object({ type: z.literal('removed'), jobId: jobIdSchema }),
  z.object({ type: z.literal('queue'), queue: queueSchema }),
])
export type JobEvent = z.infer<typeof jobEventSchema>

/** A job of one kind. */
export type JobOf<Kind extends JobRequest['kind']> = Job & { readonly request: Extract<JobRequest, { kind: Kind }> }

export function isJobOf<Kind extends JobRequest['kind']>(kind: Kind, job: Job | null): job is JobOf<Kind> {
  return job?.request.kind === kind
}
