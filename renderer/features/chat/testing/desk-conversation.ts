import type { Attachment, ConversationDetail, MessagePart, PicturePart } from '../../../../contract/chat'
import type { PhaseStatistics, TurnStatistics } from '../../../../contract/chat-statistics'
import type { MessageId } from '../../../../contract/ids'
import { fakeAssetId } from '../../../testing/fake-data'
import { answered, attachment, conversation, drawn, said } from './chat-records'

/** A conversation with everything in it: pictures, thoughts, branches, a drawing, an edit, and Markdown. */

function statistics(phases: PhaseStatistics[], first: number | null = 420): TurnStatistics {
  return {
    phases,
    firstTokenMilliseconds: first,
    milliseconds: phases.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    context: { text: 1602, vit: 2888, vae: 1724, limit: 32768 },
    provider: 'cpu',
    peakBytes: 8_900_000_000,
  }
}

const read = statistics([
  { phase: 'load', milliseconds: 1420 },
  { phase: 'prefill', milliseconds: 640, rows: 1240, reusedRows: 38 },
  { phase: 'think', milliseconds: 3200, tokens: 141, finishReason: 'end', speculation: null },
  { phase: 'answer', milliseconds: 1640, tokens: 51, finishReason: 'end', speculation: null },
])

const drew = statistics(
  [
    { phase: 'prefill', milliseconds: 110, rows: 38, reusedRows: 1240 },
    { phase: 'draw', milliseconds: 19_400, steps: 23, passes: 61, passesSaved: 8 },
    { phase: 'decode', milliseconds: 640 },
  ],
  null,
)

function picture(given: Attachment, isEdit = false): PicturePart {
  return {
    ...given,
    type: 'picture',
    seen: { width: 980, height: 644, tokens: 851 },
    encoded: isEdit ? { width: 512, height: 512, tokens: 1024 } : null,
  }
}

const text = (words: string): MessagePart => ({ type: 'text', text: words })

export function deskConversation(now: number): ConversationDetail {
  const at = (minutes: number): number => now - minutes * 60_000
  const desk = attachment(1, 'desk.jpg')
  const penguin = attachment(2, 'penguin.png')
  return {
    conversation: conversation('desk', { activeRootId: 'm1' as MessageId, updatedAt: at(1) }),
    messages: [
      said({ id: 'm1', parent: null, next: 'a2', at: at(24) }, '', {
        parts: [picture(desk), text('What is on the desk, and what would you take away to make it calmer?')],
      }),
      answered({ id: 'a1', parent: 'm1', at: at(24) }, [text('Books, a mug and an apple.')], { statistics: read }),
      answered(
        { id: 'a2', parent: 'm1', next: 'm3', at: at(23) },
        [
          {
            type: 'think',
            text: 'I see three books at the left, a mug, an apple and a banana. The banana is the odd one: it is bright and lies across the edge.',
            closed: true,
            tokens: 141,
            milliseconds: 3200,
            edited: false,
          },
          text(
            'Three books, a mug of coffee, an apple, a half-peeled banana, a plant and a small clock. I would take away the **banana**: its shape and colour pull the eye from the books, and it is the one thing lying across the edge.',
          ),
        ],
        { statistics: read },
      ),
      answered({ id: 'a3', parent: 'm1', at: at(23) }, [text('A desk with some things.')], { statistics: read }),
      said({ id: 'm2', parent: 'a2', at: at(22) }, 'Name the books'),
      said({ id: 'm3', parent: 'a2', next: 'a4', at: at(20) }, '', {
        parts: [picture(penguin, true), text('Give this penguin a top hat. Leave everything else.')],
      }),
      answered(
        { id: 'a4', parent: 'm3', next: 'm5', at: at(19) },
        [
          drawn(3, { sourceId: fakeAssetId(2), changed: 0.051 }),
          text('Done. Only the hat is new; the sky and snow are untouched.'),
        ],
        {
          statistics: drew,
          decision: {
            asked: 'auto',
            mode: 'edit',
            rule: 'edit-verb',
            reason: '“give” asks to change the attached picture',
          },
        },
      ),
      said({ id: 'm4', parent: 'a4', at: at(16) }, 'Give it a scarf'),
      said(
        { id: 'm5', parent: 'a4', next: 'a5', at: at(12) },
        'Now draw a small castle in a meadow, with a unicorn at the gate.',
      ),
      answered(
        { id: 'a5', parent: 'm5', at: at(11) },
        [
          drawn(4, {
            state: 'drawing',
            step: 15,
            frames: [{ step: 15, sigma: 0.4, assetId: fakeAssetId(4) }],
            height: 384,
          }),
          text('A small castle in a meadow, the unicorn in front of the gate.'),
        ],
        { status: 'running' },
      ),
    ],
  }
}

const markdown = `Here is how the **score** is computed, with \`k\` drafted tokens:

1. The draft proposes *k* tokens.
2. The target checks them at once.
   - accepted ones are kept
   - the first refused one is replaced

\`\`\`python
def accepted(p, q, u):
    """True where the draft's token stands."""
    return u < min(1.0, p / q)
\`\`\`

| strategy | tokens a round | speed |
|---|---|---|
| lookup | 2.1 | 1.4× |
| MTP | 2.9 | 1.9× |

> Measured, not promised.

See [the paper](https://example.com/paper) and <script>alert(1)</script> ![a remote picture](https://example.com/x.png).`

/** A long conversation in words, for how it scrolls. */
export function longConversation(turns: number, now: number): ConversationDetail {
  const messages: ConversationDetail['messages'] = []
  for (let turn = 0; turn < turns; turn += 1) {
    const parent = turn === 0 ? null : `a${turn - 1}`
    const next = turn === turns - 1 ? null : `m${turn + 1}`
    messages.push(
      said({ id: `m${turn}`, parent, next: `a${turn}`, at: now }, `Question ${turn + 1}: how is the score computed?`),
      answered({ id: `a${turn}`, parent: `m${turn}`, next, at: now }, [text(markdown)], { statistics: read }),
    )
  }
  return {
    conversation: conversation('long', { title: 'A long one', activeRootId: 'm0' as MessageId, updatedAt: now }),
    messages,
  }
}
