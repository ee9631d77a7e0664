import * as z from 'zod'
import { deviceChoiceSchema } from './devices'
import { withoutDefaults } from './without-defaults'

export const settingsSchema = z.object({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  device: deviceChoiceSchema.default('auto'),
  /** Fail rather than fall back to another device. */
  strictDevice: z.boolean().default(false),
  /** Threads for the CPU; 0 lets onnxruntime take every core. */
  threads: z.number().int().min(0).max(256).default(0),
  /** Keep models in memory between jobs, or release each stage as soon as it is done. */
  keepModels: z.boolean().default(true),
  /** Write prompt and settings into saved pictures. */
  embedSettings: z.boolean().default(true),
  modelFolders: z.array(z.string()).default([]),
})
export type Settings = z.infer<typeof settingsSchema>

/** A change of some settings; what is absent stays as it is. */
export const settingsPatchSchema = withoutDefaults(settingsSchema)
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
