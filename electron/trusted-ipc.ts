import { ipcMain, type WebContents } from 'electron'
import type * as z from 'zod'
import { StudioError, toFailure } from '../contract/errors'
import type { Reply } from './channels'
import { isTrustedSender } from './sender'

// The only way in which the page reaches the shell: the sender is checked and what it sends is parsed.

/** Answers `invoke` from our own page. Arguments are parsed as a tuple; errors travel in the reply. */
export function answer<Schema extends z.ZodType<readonly unknown[]>>(
  channel: string,
  schema: Schema,
  handler: (page: WebContents, ...values: z.output<Schema>) => unknown,
): void {
  ipcMain.handle(channel, async (event, ...values: unknown[]): Promise<Reply> => {
    // Read before anything is awaited: the frame may be gone later.
    const isTrusted = isTrustedSender(event.senderFrame)
    try {
      if (!isTrusted) throw new StudioError('UNAUTHORIZED', 'This page may not ask that')
      return { ok: true, value: await handler(event.sender, ...parse(channel, schema, values)) }
    } catch (error) {
      return { ok: false, failure: toFailure(error) }
    }
  })
}

/** Hears `send` from our own page; whatever is wrong with a message, it is dropped. */
export function hear<Schema extends z.ZodType<readonly unknown[]>>(
  channel: string,
  schema: Schema,
  handler: (page: WebContents, ...values: z.output<Schema>) => void,
): void {
  ipcMain.on(channel, (event, ...values: unknown[]) => {
    if (!isTrustedSender(event.senderFrame)) return
    const parsed = schema.safeParse(values)
    if (parsed.success) handler(event.sender, ...parsed.data)
  })
}

function parse<Schema extends z.ZodType>(channel: string, schema: Schema, values: unknown): z.output<Schema> {
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  throw new StudioError('INVALID_INPUT', `The page asked for ${channel} in a way that is not understood`, {
    detail: parsed.error.message,
  })
}
