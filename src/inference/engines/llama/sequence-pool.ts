import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** One llama.cpp sequence with the KV cache that its last request left behind. */
export interface Slot {
  readonly sequence: LlamaContextSequence;
  /** Position in batches: llama.cpp joins sequences into one micro-batch only while their ids ascend. */
  readonly index: number;
  /** Whose prompt lies in the KV cache; reuse never crosses API keys. Null: empty. */
  scope: string | null;
  lastUsed: number;
}

export interface AcquiredSlot {
  readonly slot: Slot;
  /** Leading prompt tokens that are in the KV cache already; always fewer than the prompt has. */
  readonly cachedTokens: number;
}

/** Below this share of the prompt a cached prefix is not worth overwriting another conversation for. */
const MIN_PREFIX_SHARE = 0.1;

/** The sequences of one context: who is free, and whose cache fits a prompt best. */
export class SequencePool {
  private readonly free: Slot[];
  private readonly waiting: (() => void)[] = [];
  private clock = 0;

  constructor(sequences: readonly LlamaContextSequence[]) {
    this.free = sequences.map((sequence, index) => ({ sequence, index, scope: null, lastUsed: 0 }));
  }

  /**
   * Takes the idle sequence of this scope with the longest common prefix, else the one unused for longest, and erases
   * what differs. The parent admits no more requests than there are slots, so a wait is short: the request that it saw
   * end or aborted leaves its sequence at the end of the current turn.
   */
  async acquire(prompt: readonly Token[], scope: string): Promise<AcquiredSlot> {
    while (this.free.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const { slot, common } = this.best(prompt, scope);
    this.free.splice(this.free.indexOf(slot), 1);
    slot.scope = scope;
    const cachedTokens = Math.min(common, prompt.length - 1); // the last token is evaluated for its logits
    const { sequence } = slot;
    if (sequence.nextTokenIndex > cachedTokens) {
      if (cachedTokens === 0) await sequence.clearHistory();
      else await sequence.eraseContextTokenRanges([{ start: cachedTokens, end: sequence.nextTokenIndex }]);
    }
    // Recurrent and sliding-window models may have to go back further than they were asked to.
    return { slot, cachedTokens: Math.min(cachedTokens, sequence.nextTokenIndex) };
  }

  release(slot: Slot): void {
    slot.lastUsed = ++this.clock;
    this.free.push(slot);
    this.waiting.shift()?.();
  }

  private best(prompt: readonly Token[], scope: string): { slot: Slot; common: number } {
    let oldest: Slot | undefined;
    let longest: { slot: Slot; common: number } | undefined;
    for (const slot of this.free) {
      if (oldest === undefined || slot.lastUsed < oldest.lastUsed) oldest = slot;
      const common = slot.scope === scope ? commonPrefix(slot.sequence, prompt) : 0;
      if (common > (longest?.common ?? 0)) longest = { slot, common };
    }
    if (longest !== undefined && longest.common >= prompt.length * MIN_PREFIX_SHARE) return longest;
    if (oldest === undefined) throw new Error('no free sequence');
    return { slot: oldest, common: oldest === longest?.slot ? longest.common : 0 };
  }
}

function commonPrefix(sequence: LlamaContextSequence, prompt: readonly Token[]): number {
  return sequence.compareContextTokens([...prompt]).firstDifferentIndex;
}
