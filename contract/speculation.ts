import * as z from 'zod'
import { providerSchema } from './devices'
import { jobIdSchema, modelIdSchema, raceIdSchema } from './ids'

export const speculationLimits = {
  promptCharacters: 100_000,
  maxTokens: 4096,
  draftLength: 16,
  treeNodes: 63,
  strategies: 10,
  maxSeed: 2 ** 32 - 1,
} as const

export const strategyNameSchema = z.enum([
  'plain',
  'draft',
  'lookup',
  'retrieval',
  'early-exit',
  'medusa',
  'mtp',
  'mtp-parallel',
  'eagle',
  'lookup-mtp',
])
export type StrategyName = z.infer<typeof strategyNameSchema>

/** How one runner of a race drafts. Fields that a strategy has no use for are passed over. */
export const strategySchema = z.object({
  name: strategyNameSchema,
  /** Tokens drafted in a round by a chain (gamma in the papers); "adaptive" picks what measured tokens per second favour. */
  draftLength: z
    .union([
      z.literal('adaptive'),
      z
        .number()
        .int('Draft length is a whole number')
        .min(1, 'Draft length is at least 1: to draft nothing, race "plain"')
        .max(speculationLimits.draftLength, `Draft length is at most ${speculationLimits.draftLength}`),
    ])
    .default('adaptive'),
  /** Nodes of a drafted tree, the root not counted: Medusa, retrieval and EAGLE. */
  treeNodes: z
    .number()
    .int('Tree nodes are a whole number')
    .min(1, 'A tree has at least 1 node')
    .max(speculationLimits.treeNodes, `A tree has at most ${speculationLimits.treeNodes} nodes`)
    .default(7),
  /** "exact" keeps the target's distribution. "typical" is Medusa's looser rule: faster and lossy above temperature 0. */
  acceptance: z.enum(['exact', 'typical']).default('exact'),
  /**
   * For "draft": another language model of the library that drafts, in place of the small one in the target's own folder.
   * Its tokens must be the target's.
   */
  draftModel: modelIdSchema.optional(),
})
export type Strategy = z.output<typeof strategySchema>

/** The sampler chain, in this order: penalties, temperature, top-k, top-p, min-p. Temperature 0 takes the most likely token. */
export const samplingSchema = z.object({
  temperature: z.number().min(0, 'Temperature is at least 0').max(100, 'Temperature is at most 100').default(0),
  /** 0 keeps all. */
  topK: z.number().int().min(0).max(1000).default(0),
  topP: z.number().gt(0, 'Top-p is above 0').max(1, 'Top-p is at most 1').default(1),
  minP: z.number().min(0).max(1).default(0),
  repetitionPenalty: z.number().gt(0).max(10).default(1),
  presencePenalty: z.number().min(-2).max(2).default(0),
  frequencyPenalty: z.number().min(-2).max(2).default(0),
  seed: z.number().int().min(0).max(speculationLimits.maxSeed).default(0),
})
export type Sampling = z.output<typeof samplingSchema>

export const raceRequestSchema = z.object({
  modelId: modelIdSchema,
  /** One of the model's variants; its own default where absent. */
  precision: z.string().max(40).optional(),
  prompt: z
    .string()
    .max(speculationLimits.promptCharacters, 'A prompt may have at most 100,000 characters')
    .refine((text) => text.trim().length > 0, 'Write a prompt: it is empty'),
  system: z.string().max(speculationLimits.promptCharacters).default(''),
  /** Continue the prompt as it stands, without the chat template. */
  raw: z.boolean().default(false),
  /** Plain decoding always runs too: it is what the others are measured against. */
  strategies: z.array(strategySchema).max(speculationLimits.strategies),
  sampling: samplingSchema.prefault({}),
  maxTokens: z
    .number()
    .int()
    .min(1, 'At least 1 token is needed')
    .max(speculationLimits.maxTokens, `At most ${speculationLimits.maxTokens} tokens`)
    .default(160),
  /** Text at which a run ends; the text itself is left out. */
  stop: z.array(z.string().min(1).max(200)).max(8).default([]),
})
export type RaceRequest = z.input<typeof raceRequestSchema>
export type RaceSettings = z.output<typeof raceRequestSchema>

export const likelyTokenSchema = z.object({ token: z.number().int(), text: z.string(), probability: z.number() })

/** One drafted token. Node 0 is the root: the last token that was emitted before the round. */
export const draftNodeSchema = z.object({
  id: z.number().int(),
  parent: z.number().int(),
  token: z.number().int(),
  text: z.string(),
  /** 1 for the first drafted token. */
  depth: z.number().int(),
  /** Place among its siblings by the drafter's own measure, from 0. */
  rank: z.number().int(),
  /** Who guessed it: "head 2", "lookup 3-gram", "draft model". */
  source: z.string(),
  /** The drafter's probability; null where a strategy has none. */
  draftProbability: z.number().nullable(),
  /** The target's probability after the sampler chain; null where the row above was never reached. */
  targetProbability: z.number().nullable(),
  verdict: z.enum(['accepted', 'refused', 'unreached']),
})
export type DraftNode = z.infer<typeof draftNodeSchema>

/** The target's view after one node that verification reached. */
export const examinedRowSchema = z.object({
  node: z.number().int(),
  /** In nats, of the target's distribution at temperature 1. */
  entropy: z.number(),
  /** The five most likely next tokens. */
  top: z.array(likelyTokenSchema).max(5),
})
export type ExaminedRow = z.infer<typeof examinedRowSchema>

/** accepted: a drafted token that passed; corrected: the target's own after a refusal; bonus: the target's own after a draft that passed whole. */
export const originSchema = z.enum(['accepted', 'corrected', 'bonus', 'plain'])
export type Origin = z.infer<typeof originSchema>

export const emittedTokenSchema = z.object({
  token: z.number().int(),
  text: z.string(),
  origin: originSchema,
  /** The accepted node, or the node whose row gave the token. */
  node: z.number().int(),
  /** Natural logarithm of its probability under the target at temperature 1. */
  logProbability: z.number(),
})
export type EmittedToken = z.infer<typeof emittedTokenSchema>

export const roundSchema = z.object({
  index: z.number().int(),
  /** Tokens before the round: prompt and output. */
  contextLength: z.number().int(),
  nodes: z.array(draftNodeSchema),
  rows: z.array(examinedRowSchema),
  emitted: z.array(emittedTokenSchema),
  /** Depth to which the round drafted; 0 where the strategy had nothing to offer. */
  draftLength: z.number().int(),
  milliseconds: z.object({ draft: z.number(), verify: z.number(), sample: z.number(), commit: z.number() }),
})
export type Round = z.infer<typeof roundSchema>

export const finishReasonSchema = z.enum(['end', 'length', 'stop', 'cancelled', 'context'])

export const runSchema = z.object({
  strategy: strategySchema,
  text: z.string(),
  tokens: z.number().int(),
  finishReason: finishReasonSchema,
  /** Time to read the prompt, target and drafter apart. */
  prefill: z.object({ target: z.number(), draft: z.number() }),
  /** Decoding alone, in milliseconds. */
  milliseconds: z.number(),
  /** Whether the rule keeps the target's distribution. */
  lossless: z.boolean(),
  /** Whether the tokens are plain decoding's own; null where sampling makes the question moot. */
  sameAsPlain: z.boolean().nullable(),
  rounds: z.array(roundSchema),
})
export type Run = z.infer<typeof runSchema>

/** What this machine takes for the target's forward over m rows, in milliseconds, and for one draft of each strategy. */
export const calibrationSchema = z.object({
  modelId: modelIdSchema,
  precision: z.string(),
  provider: providerSchema,
  threads: z.number().int(),
  contextLength: z.number().int(),
  measuredAt: z.number(),
  verify: z.array(z.object({ rows: z.number().int(), milliseconds: z.number() })),
  draft: z.partialRecord(strategyNameSchema, z.number()),
})
export type Calibration = z.infer<typeof calibrationSchema>

export const raceSchema = z.object({
  format: z.literal('atelier-race').default('atelier-race'),
  id: raceIdSchema,
  jobId: jobIdSchema.nullable(),
  createdAt: z.number(),
  settings: raceRequestSchema,
  modelName: z.string(),
  modelHash: z.string(),
  precision: z.string(),
  provider: providerSchema,
  threads: z.number().int(),
  promptTokens: z.number().int(),
  /** In the order in which they ran; plain decoding first. */
  runs: z.array(runSchema),
  calibration: calibrationSchema.nullable(),
  /** True where it was stopped before the last run ended. */
  partial: z.boolean(),
  deletedAt: z.number().nullable(),
})
export type Race = z.infer<typeof raceSchema>

/** A race without its rounds, for lists. */
export const raceSummarySchema = z.object({
  id: raceIdSchema,
  createdAt: z.number(),
  prompt: z.string(),
  modelName: z.string(),
  precision: z.string(),
  partial: z.boolean(),
  runs: z.array(
    z.object({
      name: strategyNameSchema,
      tokens: z.number().int(),
      tokensPerSecond: z.number(),
      speedup: z.number().nullable(),
      acceptanceRate: z.number().nullable(),
    }),
  ),
})
export type RaceSummary = z.infer<typeof raceSummarySchema>

export const racePageSchema = z.object({
  races: z.array(raceSummarySchema),
  total: z.number().int(),
  nextCursor: z.string().nullable(),
})

export const raceExampleSchema = z.object({ category: z.string(), prompt: z.string() })
export type RaceExample = z.infer<typeof raceExampleSchema>

/** What `speculation.follow` yields. Runs are measured one after another, never side by side. */
export const raceEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), modelName: z.string(), precision: z.string(), promptTokens: z.number().int() }),
  z.object({ type: z.literal('run'), run: z.number().int(), strategy: strategySchema }),
  /** Rounds since the last event, gathered so that the window gets at most some twenty events a second. */
  z.object({ type: z.literal('rounds'), run: z.number().int(), rounds: z.array(roundSchema) }),
  z.object({ type: z.literal('run-end'), run: z.number().int(), result: runSchema.omit({ rounds: true }) }),
  z.object({ type: z.literal('end'), raceId: raceIdSchema }),
])
export type RaceEvent = z.infer<typeof raceEventSchema>

/** Another language model as a drafter for a target. */
export const draftCandidateSchema = z.object({
  modelId: modelIdSchema,
  name: z.string(),
  /** Where its tokens differ from the target's, so that it cannot draft; null where it can. */
  difference: z.string().nullable(),
})
export type DraftCandidate = z.infer<typeof draftCandidateSchema>

/** What a language model's folder offers to the speculation lab. */
export const languageModelFactsSchema = z.object({
  contextLength: z.number().int(),
  vocabularySize: z.number().int(),
  precisions: z.array(z.string()).min(1),
  defaultPrecision: z.string(),
  hasChatTemplate: z.boolean(),
  /** Strategies that can run with what is in the folder. */
  strategies: z.array(strategyNameSchema),
  /** Whether the graph takes a tree mask; without one only chains run. */
  trees: z.boolean(),
})
export type LanguageModelFacts = z.infer<typeof languageModelFactsSchema>
