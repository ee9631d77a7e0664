import * as z from 'zod'

// Branded ids: a job id cannot be handed to a function that wants an asset id.

/** SHA-256 of an asset's bytes, in lower-case hexadecimal. */
export const assetIdSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'An asset id is 64 hexadecimal digits')
  .brand<'AssetId'>()
export type AssetId = z.infer<typeof assetIdSchema>

export const jobIdSchema = z.string().min(1).max(64).brand<'JobId'>()
export type JobId = z.infer<typeof jobIdSchema>

export const imageIdSchema = z.string().min(1).max(64).brand<'ImageId'>()
export type ImageId = z.infer<typeof imageIdSchema>

/** A model's id is its folder's name, or the `id` in its manifest. */
export const modelIdSchema = z.string().min(1, 'Choose a model').max(200).brand<'ModelId'>()
export type ModelId = z.infer<typeof modelIdSchema>

export const raceIdSchema = z.string().min(1).max(64).brand<'RaceId'>()
export type RaceId = z.infer<typeof raceIdSchema>

/** A model at several precisions, measured side by side. */
export const comparisonIdSchema = z.string().min(1).max(64).brand<'ComparisonId'>()
export type ComparisonId = z.infer<typeof comparisonIdSchema>

export const conversationIdSchema = z.string().min(1).max(64).brand<'ConversationId'>()
export type ConversationId = z.infer<typeof conversationIdSchema>

export const messageIdSchema = z.string().min(1).max(64).brand<'MessageId'>()
export type MessageId = z.infer<typeof messageIdSchema>

/** One picture that a detector looked at. */
export const detectionIdSchema = z.string().min(1).max(64).brand<'DetectionId'>()
export type DetectionId = z.infer<typeof detectionIdSchema>

/** Pictures of a folder that a detector looked at together. */
export const detectionRunIdSchema = z.string().min(1).max(64).brand<'DetectionRunId'>()
export type DetectionRunId = z.infer<typeof detectionRunIdSchema>

/** One opened file of the Inspector, for as long as the core keeps it. */
export const inspectionIdSchema = z.string().min(1).max(64).brand<'InspectionId'>()
export type InspectionId = z.infer<typeof inspectionIdSchema>
