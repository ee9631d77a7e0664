import * as z from 'zod'

type WithoutDefault<T> = T extends z.ZodDefault<infer Inner> ? Inner : T
type PatchShape<Shape extends z.ZodRawShape> = {
  [Key in keyof Shape]: z.ZodOptional<WithoutDefault<Shape[Key]> & z.ZodType>
}

/**
 * An object schema in which every field may be absent and stays absent. `partial()` alone would fill in the defaults,
 * so a patch of one setting would silently reset all the others.
 */
export function withoutDefaults<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<PatchShape<Shape>> {
  const entries = Object.entries(schema.shape).map(([key, field]) => {
    const inner = field instanceof z.ZodDefault ? field.unwrap() : field
    return [key, z.optional(inner as z.ZodType)]
  })
  return z.object(Object.fromEntries(entries)) as unknown as z.ZodObject<PatchShape<Shape>>
}
