import { ParleyError } from '../../../errors.js';
import type { Checkpoint } from '../checkpoint.js';
import type { PromptTokenizer } from './prompt-tokenizer.js';
import type { TextEncoder, TextStates } from './text-encoder.js';

export interface TextModel {
  readonly tokenizer: PromptTokenizer;
  readonly encoder: TextEncoder;
}

/** Prompt → what the UNet attends to, by one text model, or by SDXL's two side by side. */
export class PromptEncoder {
  constructor(
    private readonly models: readonly TextModel[],
    /** Whether zeros stand for an empty negative prompt. */
    private readonly zerosForEmpty: boolean,
  ) {}

  /** Numbers of one token. */
  get width(): number {
    return this.models.reduce((sum, { encoder }) => sum + encoder.width, 0);
  }

  /** Numbers that stand for a prompt as a whole; null where there are none. */
  get pooledWidth(): number | null {
    return this.models.at(-1)?.encoder.pooledWidth ?? null;
  }

  /** Tokens of a prompt, start and end not counted. Throws `context_length_exceeded` that names `param`. */
  count(prompt: string, param: string): number {
    const counts = this.models.map(({ tokenizer }) => ({ has: tokenizer.ids(prompt).length, room: tokenizer.room }));
    const tooLong = counts.find(({ has, room }) => has > room);
    if (tooLong !== undefined) {
      const { has, room } = tooLong;
      const message = `"${param}" has ${String(has)} tokens, and this model reads ${String(room)} at most: shorten it.`;
      throw new ParleyError('context_length_exceeded', message, { param });
    }
    return counts[0]?.has ?? 0;
  }

  async encode(prompt: string, checkpoint: Checkpoint): Promise<TextStates> {
    const answers: TextStates[] = [];
    for (const { tokenizer, encoder } of this.models) {
      answers.push(await encoder.encode(tokenizer.input(tokenizer.ids(prompt), encoder.isOpenClip)));
      await checkpoint();
    }
    return { states: this.sideBySide(answers), pooled: answers.at(-1)?.pooled ?? null };
  }

  async encodeNegative(prompt: string, checkpoint: Checkpoint): Promise<TextStates> {
    const { states, pooled } = await this.encode(prompt, checkpoint);
    if (prompt !== '' || !this.zerosForEmpty) return { states, pooled };
    return { states: states.map(() => 0), pooled: pooled?.map(() => 0) ?? null };
  }

  private sideBySide(answers: readonly TextStates[]): Float32Array {
    const [first] = answers;
    if (first !== undefined && answers.length === 1) return first.states;
    const { width } = this;
    const tokens = answers.reduce((sum, { states }) => sum + states.length, 0) / width;
    const joined = new Float32Array(tokens * width);
    let offset = 0;
    this.models.forEach(({ encoder }, index) => {
      const states = answers[index]?.states ?? new Float32Array();
      for (let token = 0; token < tokens; token++) {
        joined.set(states.subarray(token * encoder.width, (token + 1) * encoder.width), token * width + offset);
      }
      offset += encoder.width;
    });
    return joined;
  }
}
