import { StudioError } from '../../contract/errors'
import type { GraphSession, ValueInfo } from '../runtime/graph-session'
import type { Embedding } from './embedding-cache'
import { type GraphRunner, requireFinite } from './graph-runner'
import { castIds, readFloats, refuseOthers, requireValue } from './graphs-io'

const stateName = /^hidden_states?[._](\d+)$/u

/**
 * One text encoder. CLIP gives hidden states and a pooled vector, T5 its last hidden state.
 *
 * CLIP's part of the context is the state before the last layer, without the final normalisation:
 * hidden_states.(N - 1) of hidden_states.0 (the embedding) to hidden_states.N. Some exports have the normalised last
 * state only; that is then all there is.
 */
export class TextEncoderGraph {
  readonly #session: GraphSession
  readonly #runner: GraphRunner
  readonly #ids: ValueInfo
  readonly #lastState: ValueInfo | undefined
  readonly #states: readonly ValueInfo[]
  readonly #pooled: ValueInfo | undefined

  constructor(session: GraphSession, runner: GraphRunner, kind: 'clip' | 't5') {
    this.#session = session
    this.#runner = runner
    this.#ids = requireValue(session, 'inputs', ['input_ids'], (input) => input.shape.length === 2)
    refuseOthers(session, [this.#ids])
    this.#states = kind === 't5' ? [] : sortStates(session.outputs)
    this.#lastState =
      this.#states.length > 0
        ? undefined
        : requireValue(session, 'outputs', ['last_hidden_state'], (output) => output.shape.length === 3)
    // A projected pooled vector is the right one; an export without it has a projection that changes nothing.
    const names = ['text_embeds', 'pooler_output', 'pooled_output']
    this.#pooled =
      kind === 't5'
        ? undefined
        : (session.outputs.find((output) => output.name === names[0]) ??
          requireValue(session, 'outputs', names, (output) => output.shape.length === 2))
  }

  /** How many ids the graph takes where the export fixed it. */
  get fixedLength(): number | undefined {
    const length = this.#ids.shape[1]
    return typeof length === 'number' && length > 0 ? length : undefined
  }

  /** Whether layers can be left out at the end. */
  get canSkip(): boolean {
    return this.#states.length > 0
  }

  /**
   * Encodes one text.
   * @param ids padded ids
   * @param skip CLIP layers to leave out besides the last one
   * @throws StudioError NOT_FINITE, INVALID_INPUT where fewer layers are there than are left out, and as the session does
   */
  async encode(ids: readonly number[], skip: number): Promise<Embedding> {
    const state = this.#stateFor(skip)
    const fetches = [state.name, ...(this.#pooled === undefined ? [] : [this.#pooled.name])]
    const out = await this.#runner.call(this.#session, { [this.#ids.name]: castIds(ids, this.#ids) }, fetches)
    const states = readFloats(out[state.name]!)
    requireFinite(states, this.#session, 'for the prompt')
    const [, tokens = 0, width = 0] = out[state.name]!.shape
    if (this.#pooled === undefined) return { states, tokens, width }
    const pooled = readFloats(out[this.#pooled.name]!)
    requireFinite(pooled, this.#session, 'for the prompt')
    return { states, tokens, width, pooled }
  }

  #stateFor(skip: number): ValueInfo {
    if (this.#lastState !== undefined) return this.#lastState
    const state = this.#states[this.#states.length - 2 - skip]
    if (state !== undefined) return state
    const most = this.#states.length - 2
    throw new StudioError('INVALID_INPUT', `This model's CLIP encoders can skip at most ${most} layers`, {
      field: 'clipSkip',
      remedy: `Set CLIP skip to ${most} or less.`,
    })
  }
}

function sortStates(outputs: readonly ValueInfo[]): readonly ValueInfo[] {
  const layer = (output: ValueInfo): number => Number(stateName.exec(output.name)?.[1] ?? -1)
  return outputs.filter((output) => layer(output) >= 0).sort((one, other) => layer(one) - layer(other))
}
