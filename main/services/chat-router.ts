import { attachPicture } from './chat-attachments'
import type { ChatService } from './chat-service'
import type { StudioImplementer } from './implementer'

/** The procedures of Chat. */
export function chatHandlers(os: StudioImplementer['chat'], chat: ChatService) {
  const { store, turns, streams, drafts, assets } = chat
  return {
    list: os.list.handler(({ input }) => chat.page(input)),
    folders: os.folders.handler(() => chat.folders()),
    watch: os.watch.handler(({ signal }) => streams.watch(signal)),
    get: os.get.handler(({ input }) => ({
      ...store.detail(input.conversationId),
      draft: drafts.get(input.conversationId),
    })),
    create: os.create.handler(({ input }) => chat.create(input)),
    update: os.update.handler(({ input: { conversationId, ...patch } }) => chat.update(conversationId, patch)),
    duplicate: os.duplicate.handler(({ input }) => chat.duplicate(input.conversationId, input.upTo)),
    remove: os.remove.handler(({ input }) => {
      store.remove(input.conversationIds)
      return input.conversationIds
    }),
    restore: os.restore.handler(({ input }) => {
      store.restore(input.conversationIds)
      return input.conversationIds
    }),
    export: os.export.handler(async ({ input }) => ({ file: await chat.export(input.conversationId, input.format) })),
    import: os.import.handler(({ input }) => chat.import(input.file)),

    attach: os.attach.handler(({ input }) => attachPicture(input, assets)),
    estimate: os.estimate.handler(({ input }) => turns.estimate(input)),
    send: os.send.handler(({ input: { conversationId, parentId, ...said } }) =>
      turns.send(conversationId, said, parentId),
    ),
    regenerate: os.regenerate.handler(({ input: { messageId, ...change } }) => turns.regenerate(messageId, change)),
    edit: os.edit.handler(({ input: { messageId, ...said } }) => turns.edit(messageId, said)),
    rewrite: os.rewrite.handler(({ input }) => turns.rewrite(input.messageId, input.text)),
    rethink: os.rethink.handler(({ input }) => turns.rethink(input.messageId, input.think, input.settings)),
    continue: os.continue.handler(({ input }) => turns.continue(input.messageId)),
    stop: os.stop.handler(({ input }) => turns.stop(input.messageId)),
    choose: os.choose.handler(({ input }) => turns.choose(input.messageId)),
    leaveOut: os.leaveOut.handler(({ input }) => turns.leaveOut(input.messageIds, input.leftOut)),
    follow: os.follow.handler(({ input, signal }) => store.follow(input.conversationId, signal)),
    keep: os.keep.handler(({ input }) => chat.keep(input.messageId, input.part)),

    draft: os.draft.handler(({ input }) => drafts.get(input.conversationId)),
    saveDraft: os.saveDraft.handler(({ input }) => {
      drafts.save(input.conversationId, input.draft)
      return input.draft
    }),
  }
}
