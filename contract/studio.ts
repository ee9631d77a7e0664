import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { chatProcedures } from './chat-procedures'
import { detectionProcedures } from './detection-procedures'
import { deviceStatusSchema, memorySchema } from './devices'
import { assetIdSchema, imageIdSchema, jobIdSchema, modelIdSchema, raceIdSchema } from './ids'
import {
  generatePatchSchema,
  generateRequestSchema,
  imagePageSchema,
  imageSchema,
  promptTokensSchema,
  scheduleSchema,
  sigmaConversionSchema,
} from './images'
import { inspectionProcedures } from './inspection-procedures'
import { jobEventSchema, jobSchema } from './jobs'
import { modelSchema } from './models'
import { precisionProcedures } from './precision-procedures'
import { procedure } from './procedure'
import { settingsPatchSchema, settingsSchema } from './settings'
import {
  calibrationSchema,
  draftCandidateSchema,
  raceEventSchema,
  raceExampleSchema,
  racePageSchema,
  raceRequestSchema,
  raceSchema,
} from './speculation'

/** Raised when a client and a core of different ages meet. */
export const protocolVersion = 1

/** Everything a client can ask of the studio, whichever way it comes in. */
export const studioContract = {
  studio: {
    info: procedure.output(
      z.object({
        name: z.literal('Atelier'),
        version: z.string(),
        protocol: z.number().int(),
        platform: z.string(),
        dataFolder: z.string(),
      }),
    ),
  },
  devices: {
    status: procedure.output(deviceStatusSchema),
    memory: procedure.output(memorySchema),
    /** Frees a model's memory; refused while a job is using it. */
    release: procedure.input(z.object({ modelId: modelIdSchema })).output(memorySchema),
  },
  models: {
    list: procedure.output(z.array(modelSchema)),
    /** Adds a folder that holds a model, or folders of models; nothing is copied or changed. */
    addFolder: procedure.input(z.object({ folder: z.string().min(1) })).output(z.array(modelSchema)),
    /** Forgets an added folder. The files stay. */
    removeFolder: procedure.input(z.object({ folder: z.string().min(1) })).output(z.array(modelSchema)),
  },
  assets: {
    /** Stores a picture and gives its id; the same bytes give the same id. */
    upload: procedure
      .input(z.object({ file: z.file() }))
      .output(
        z.object({ assetId: assetIdSchema, width: z.number().int(), height: z.number().int(), mediaType: z.string() }),
      ),
  },
  images: {
    /** Queues pictures to be drawn and answers at once. */
    generate: procedure.input(generateRequestSchema.and(z.object({ first: z.boolean().optional() }))).output(jobSchema),
    list: procedure
      .input(
        z.object({
          search: z.string().max(200).default(''),
          starred: z.boolean().default(false),
          jobId: jobIdSchema.optional(),
          limit: z.number().int().min(1).max(500).default(100),
          cursor: z.string().optional(),
        }),
      )
      .output(imagePageSchema),
    get: procedure.input(z.object({ imageId: imageIdSchema })).output(imageSchema),
    star: procedure.input(z.object({ imageId: imageIdSchema, starred: z.boolean() })).output(imageSchema),
    /** Takes pictures out of the gallery; `restore` brings them back until they are purged 30 days later. */
    remove: procedure.input(z.object({ imageIds: z.array(imageIdSchema).min(1) })).output(z.array(imageSchema)),
    restore: procedure.input(z.object({ imageIds: z.array(imageIdSchema).min(1) })).output(z.array(imageSchema)),
    /** Counts the tokens of a prompt as each encoder of the model sees them. */
    countTokens: procedure
      .input(z.object({ modelId: modelIdSchema, prompt: z.string().max(100_000) }))
      .output(z.array(promptTokensSchema)),
    schedule: procedure
      .input(
        z.object({
          steps: z.number().int().min(1).max(200),
          shift: z.number().min(0.1).max(20),
          sigmaConversion: sigmaConversionSchema.default('none'),
        }),
      )
      .output(scheduleSchema),
    /** Reads the settings that are written in a picture; null where there are none. */
    readSettings: procedure.input(z.object({ assetId: assetIdSchema })).output(
      z.object({
        /** Our own record, or what could be read from an A1111-style text. */
        settings: generatePatchSchema.nullable(),
        source: z.enum(['atelier', 'parameters']).nullable(),
        /** The text as it stands in the file. */
        text: z.string().nullable(),
      }),
    ),
  },
  speculation: {
    /** Queues a race of strategies on one prompt and answers at once. */
    race: procedure.input(raceRequestSchema.and(z.object({ first: z.boolean().optional() }))).output(jobSchema),
    /** A race as it runs: what was there already, then the rest live, and the end. A finished race is read by `get`. */
    follow: procedure.input(z.object({ jobId: jobIdSchema })).output(eventIterator(raceEventSchema)),
    list: procedure
      .input(
        z.object({
          search: z.string().max(200).default(''),
          limit: z.number().int().min(1).max(500).default(100),
          cursor: z.string().optional(),
        }),
      )
      .output(racePageSchema),
    get: procedure.input(z.object({ raceId: raceIdSchema })).output(raceSchema),
    /** Takes races off the list; `restore` brings them back until they are purged 30 days later. */
    remove: procedure.input(z.object({ raceIds: z.array(raceIdSchema).min(1) })).output(z.array(raceIdSchema)),
    restore: procedure.input(z.object({ raceIds: z.array(raceIdSchema).min(1) })).output(z.array(raceIdSchema)),
    /** Files a race that was exported as JSON, here or on another machine. */
    import: procedure.input(z.object({ file: z.file() })).output(raceSchema),
    /** Queues a measurement of what drafting and verification cost on this machine; takes about five seconds. */
    calibrate: procedure
      .input(z.object({ modelId: modelIdSchema, precision: z.string().max(40).optional() }))
      .output(jobSchema),
    /** The latest calibration; null where there is none yet. */
    calibration: procedure
      .input(z.object({ modelId: modelIdSchema, precision: z.string().max(40).optional() }))
      .output(calibrationSchema.nullable()),
    /** Prompts to try, by category: those of the evaluation set. */
    examples: procedure.output(z.array(raceExampleSchema)),
    /** The library's other language models, and whether each can draft for this one. */
    drafts: procedure.input(z.object({ modelId: modelIdSchema })).output(z.array(draftCandidateSchema)),
  },
  chat: chatProcedures,
  inspection: inspectionProcedures,
  precision: precisionProcedures,
  detection: detectionProcedures,
  jobs: {
    list: procedure.output(z.array(jobSchema)),
    get: procedure.input(z.object({ jobId: jobIdSchema })).output(jobSchema),
    watch: procedure.output(eventIterator(jobEventSchema)),
    /** Stops a job after the run in hand; a picture that was begun is kept and marked partial. */
    cancel: procedure.input(z.object({ jobId: jobIdSchema })).output(jobSchema),
    /** Puts the queued jobs in this order; ids that are not queued any more are passed over. */
    reorder: procedure.input(z.object({ jobIds: z.array(jobIdSchema) })).output(z.array(jobSchema)),
    pause: procedure.input(z.object({ paused: z.boolean() })).output(z.object({ paused: z.boolean() })),
    /** Queues the same request once more. */
    retry: procedure.input(z.object({ jobId: jobIdSchema })).output(jobSchema),
    /** Takes finished jobs off the list. Their pictures stay. */
    clear: procedure.output(z.array(jobSchema)),
  },
  settings: {
    get: procedure.output(settingsSchema),
    set: procedure.input(settingsPatchSchema).output(settingsSchema),
  },
} as const

export type StudioContract = typeof studioContract
