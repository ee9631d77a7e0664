import * as z from 'zod'

/** onnxruntime's execution providers that the studio knows how to ask for. */
export const providerSchema = z.enum(['cuda', 'dml', 'coreml', 'webgpu', 'cpu'])
export type Provider = z.infer<typeof providerSchema>

/** What the setting may say: a provider by name, or the fastest that works. */
export const deviceChoiceSchema = z.union([z.literal('auto'), providerSchema])
export type DeviceChoice = z.infer<typeof deviceChoiceSchema>

export const deviceSchema = z.object({
  provider: providerSchema,
  /** A name for people, such as "CPU (2 threads)". */
  name: z.string(),
  /** Whether a probe graph ran on it and gave the right numbers. */
  available: z.boolean(),
  /** Why it is not available, in words. */
  reason: z.string().optional(),
  /** How to make it available, where there is a way. */
  remedy: z.string().optional(),
  /** Milliseconds that the probe took. */
  probeMilliseconds: z.number().optional(),
})
export type Device = z.infer<typeof deviceSchema>

export const residentModelSchema = z.object({
  modelId: z.string(),
  /** Which of the model's graphs are loaded, such as `transformer`. */
  graphs: z.array(z.object({ role: z.string(), bytes: z.number(), provider: providerSchema })),
  /** Weight bytes in memory, measured as the sum of the files read. */
  bytes: z.number(),
})

export const memorySchema = z.object({
  /** Resident set of the process that runs the models, in bytes. */
  process: z.number(),
  total: z.number(),
  free: z.number(),
  models: z.array(residentModelSchema),
})
export type Memory = z.infer<typeof memorySchema>

export const deviceStatusSchema = z.object({
  asked: deviceChoiceSchema,
  /** What runs now. Differs from `asked` only with a reason. */
  active: providerSchema,
  fallbackReason: z.string().optional(),
  devices: z.array(deviceSchema),
})
export type DeviceStatus = z.infer<typeof deviceStatusSchema>
