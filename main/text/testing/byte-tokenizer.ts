import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { byteOfCharacter } from '../byte-alphabet'
import { TextTokenizer } from '../text-tokenizer'

export const endToken = 2

/** SmolLM2's, without its default system turn. */
const template =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

const merges = ['t h', 'th e', 'Ġ the']

interface TokenizerChanges {
  readonly special?: readonly string[]
  readonly merges?: readonly string[]
  readonly template?: string | null
  readonly begin?: string
}

/** Writes the files of a byte-level tokenizer: special tokens, the 256 bytes, and a few merges. @returns the folder */
export async function writeTokenizer(changes: TokenizerChanges = {}, folder?: string): Promise<string> {
  const path = folder ?? (await mkdtemp(join(tmpdir(), 'atelier-tokenizer-')))
  await mkdir(path, { recursive: true })
  const special = changes.special ?? ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
  const pairs = changes.merges ?? merges
  const alphabet = Array.from({ length: 0x200 }, (_, code) => String.fromCodePoint(code)).filter(
    (character) => byteOfCharacter(character) !== undefined,
  )
  const tokens = [...special, ...alphabet, ...pairs.map((pair) => pair.replace(' ', ''))]
  const begin = { SpecialToken: { id: changes.begin, type_id: 0 } }
  const sequence = { Sequence: { id: 'A', type_id: 0 } }
  const tokenizer = {
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor:
      changes.begin === undefined
        ? null
        : {
            type: 'TemplateProcessing',
            single: [begin, sequence],
            pair: [],
            special_tokens: { [changes.begin]: { id: changes.begin, ids: [0], tokens: [changes.begin] } },
          },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: pairs },
  }
  await writeFile(join(path, 'tokenizer.json'), JSON.stringify(tokenizer))
  const chat = changes.template === null ? {} : { chat_template: changes.template ?? template }
  await writeFile(join(path, 'tokenizer_config.json'), JSON.stringify({ ...chat, eos_token: '<|im_end|>' }))
  return path
}

export async function byteTokenizer(name = 'bytes', changes: TokenizerChanges = {}): Promise<TextTokenizer> {
  return TextTokenizer.load(await writeTokenizer(changes), name)
}
