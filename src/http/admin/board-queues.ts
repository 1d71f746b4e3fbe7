import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { JobQueue } from '../../jobs/core/job-queues.js';
import type { JobKind } from '../../jobs/kinds/kinds.js';
import { shownData, shownProgress, shownResult } from './shown-fields.js';

/** What is done is not done again; bull-board's types of a BullMQ queue know nothing of this option. */
const OPTIONS = { allowRetries: true, allowCompletedRetries: false };

/** A queue as the board sees it. */
export function boardQueue(kind: JobKind, queue: JobQueue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, { ...OPTIONS, displayName: kind });
  adapter.setFormatter('data', (data) => shownData(kind, data));
  adapter.setFormatter('returnValue', (result) => shownResult(kind, result));
  adapter.setFormatter('progress', shownProgress);
  return adapter;
}

interface FlowNode {
  readonly progress: unknown;
  readonly children: readonly FlowNode[];
}

/** bull-board has no formatter for the progress of jobs that it shows in a tree. */
export function shownFlow<T extends FlowNode>(node: T): T {
  return { ...node, progress: shownProgress(node.progress), children: node.children.map(shownFlow) };
}
