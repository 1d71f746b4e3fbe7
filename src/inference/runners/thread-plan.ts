/** How many CPU threads are fastest for turns of at least `tokens` tokens. Ascending in `tokens`, from 1. */
export type ThreadPlan = readonly { readonly tokens: number; readonly threads: number }[];

export function threadsFor(plan: ThreadPlan, tokens: number): number {
  return plan.findLast((step) => step.tokens <= tokens)?.threads ?? plan[0]?.threads ?? 1;
}
