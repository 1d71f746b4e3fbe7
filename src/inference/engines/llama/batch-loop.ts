import { CostlyTurns } from './costly-turns.js';
import type { Generation } from './generation.js';
import { PrefillBudget } from './prefill-budget.js';
import { PrefillTurns } from './prefill-turns.js';
import type { NextToken } from './token-stream.js';

interface PlannedStep {
  readonly generation: Generation;
  readonly prefillTokens: number;
}

interface Plan {
  readonly steps: readonly PlannedStep[];
  /** The one among them whose token takes long to choose. */
  readonly costly: Generation | null;
}

/**
 * Drives all live requests in lock step: each turn starts one evaluation for every live sequence in the same tick, so
 * that llama.cpp decodes them as one batch, then waits for all. Free-running generators drift apart into small batches.
 * New requests join at the next turn; what a turn produced is sent as one message.
 */
export class BatchLoop {
  /** Turns taken so far. */
  steps = 0;
  private readonly live = new Set<Generation>();
  private readonly budget: PrefillBudget;
  private readonly costlyTurns = new CostlyTurns<Generation>();
  private readonly prefillTurns = new PrefillTurns();
  private running = false;

  constructor(
    private readonly batchSize: number,
    /** Told the size of each turn, in tokens, before it begins. */
    private readonly beforeTurn: (tokens: number) => void,
    private readonly onEnded: (generation: Generation) => void,
  ) {
    this.budget = new PrefillBudget(batchSize);
  }

  add(generation: Generation): void {
    this.live.add(generation);
    this.wake();
  }

  /** Looks again at what there is to do: after a new request, a resume or an abort. */
  wake(): void {
    if (this.running) return;
    this.running = true;
    void this.run();
  }

  private async run(): Promise<void> {
    for (;;) {
      for (const generation of this.live) if (generation.sharing) await generation.share();
      await this.removeFinished();
      const plan = this.plan();
      if (plan.steps.length === 0) break;
      await this.turn(plan);
      this.steps++;
    }
    this.running = false;
  }

  private async removeFinished(): Promise<void> {
    for (const generation of this.live) {
      if (!generation.finished) continue;
      this.live.delete(generation);
      await generation.close();
      this.onEnded(generation);
      if (generation.costly) this.costlyTurns.retain(new Set([...this.live].map(({ scope }) => scope)));
    }
  }

  /** Steps in the order of their sequences; the step's prompt tokens go to the key with the least to prefill first. */
  private plan(): Plan {
    const live = [...this.live].filter((generation) => !generation.paused && !generation.sharing);
    const [costly, others] = [live.filter((one) => one.costly), live.filter((one) => !one.costly)];
    const chosen = this.costlyTurns.next(costly, others.length > 0);
    const ready = chosen === null ? others : [...others, chosen];
    ready.sort((a, b) => a.slot.index - b.slot.index);
    const inTurn = this.stepsOf(ready, ({ scope }) => this.prefillTurns.mayPrefill(scope));
    const steps = inTurn.length > 0 ? inTurn : this.stepsOf(ready, () => true);
    return { steps: steps.slice(0, this.batchSize), costly: chosen };
  }

  private stepsOf(ready: readonly Generation[], mayPrefill: (generation: Generation) => boolean): PlannedStep[] {
    const prefill = this.prefillOf(ready, mayPrefill);
    return ready
      .map((generation) => ({ generation, prefillTokens: prefill.get(generation) ?? 0 }))
      .filter(({ generation, prefillTokens }) => generation.decoding || prefillTokens > 0);
  }

  /** Shares the step's prompt tokens out. */
  private prefillOf(
    ready: readonly Generation[],
    mayPrefill: (generation: Generation) => boolean,
  ): Map<Generation, number> {
    const leftOfKey = new Map<string, number>();
    for (const { scope, prefillLeft } of ready) leftOfKey.set(scope, (leftOfKey.get(scope) ?? 0) + prefillLeft);
    const decoding = ready.filter((generation) => generation.decoding).length;
    const requests = { decoding, prefilling: ready.length - decoding, shared: leftOfKey.size > 1 };
    let left = this.budget.tokensFor(requests);
    const shares = new Map<Generation, number>();
    const first = ready
      .filter(mayPrefill)
      .sort((a, b) => (leftOfKey.get(a.scope) ?? 0) - (leftOfKey.get(b.scope) ?? 0));
    for (const generation of first) {
      const tokens = Math.min(generation.prefillLeft, left);
      left -= tokens;
      if (tokens > 0) shares.set(generation, tokens);
    }
    return shares;
  }

  private async turn({ steps: plan, costly }: Plan): Promise<void> {
    const prefilled = plan.reduce((sum, { prefillTokens }) => sum + prefillTokens, 0);
    const decoded = plan.filter(({ prefillTokens }) => prefillTokens === 0).length;
    this.beforeTurn(prefilled + decoded);
    const started = performance.now();
    const outcomes = await Promise.allSettled(
      plan.map(({ generation, prefillTokens }) => generation.step(prefillTokens)),
    );
    const elapsed = performance.now() - started;
    this.budget.record(prefilled, elapsed);
    this.prefillTurns.record(
      new Set(plan.flatMap(({ generation, prefillTokens }) => (prefillTokens > 0 ? [generation.scope] : []))),
      new Set([...this.live].map(({ scope }) => scope)),
      elapsed,
    );
    this.costlyTurns.record(plan.some(({ generation }) => generation === costly) ? costly : null, elapsed);
    outcomes.forEach((outcome, index) => {
      const generation = plan[index]?.generation;
      if (generation !== undefined) settle(generation, outcome);
    });
  }
}

function settle(generation: Generation, outcome: PromiseSettledResult<NextToken | null>): void {
  if (outcome.status === 'rejected') {
    generation.fail(outcome.reason);
    return;
  }
  try {
    generation.settle(outcome.value);
  } catch (error) {
    generation.fail(error);
  }
}
