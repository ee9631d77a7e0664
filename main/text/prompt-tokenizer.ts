/** A prompt as one text encoder reads it. */
export interface PromptIds {
  /** As many ids as the encoder takes, cut or padded. */
  readonly ids: readonly number[]
  /** Ids that the whole text needs, special tokens included. */
  readonly count: number
  /** Offset in the text (UTF-16 units) of the first character that is not read; null where all of it is. */
  readonly cutAt: number | null
}

export interface PromptTokenizer {
  /** Most ids the encoder reads, special tokens included. */
  readonly maxTokens: number
  /** @param length how many ids to return, `maxTokens` where absent */
  encode(text: string, length?: number): PromptIds
}
