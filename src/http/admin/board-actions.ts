import type { BoardHooks, HookContext } from '@bull-board/api/typings/app';

const QUEUE = '/api/queues/:queueName';

/**
 * What the board may do besides showing. The rest of what bull-board offers goes around the service: jobs that it adds or
 * rewrites are checked by nobody, and a job's data would be replaced by the part of them that is shown.
 */
const ACTIONS: ReadonlySet<string> = new Set([
  '/api/queues/pause',
  '/api/queues/resume',
  `${QUEUE}/pause`,
  `${QUEUE}/resume`,
  `${QUEUE}/promote`,
  `${QUEUE}/retry/:queueStatus`,
  `${QUEUE}/clean/:queueStatus`,
  `${QUEUE}/:jobId/promote`,
  `${QUEUE}/:jobId/retry`,
  `${QUEUE}/:jobId/clean`,
]);

export const keepToActions: NonNullable<BoardHooks['before']> = async (context) => {
  const message = await refusal(context);
  return { allow: message === null, status: 403, ...(message !== null && { message }) };
};

async function refusal(context: HookContext): Promise<string | null> {
  if (context.method === 'get') return null;
  if (!ACTIONS.has(context.route)) return 'Parley does not let the board do this.';
  return (await doesAgain(context)) ? 'What is done is not done again.' : null;
}

/** The page does not offer it; its server would do it. */
async function doesAgain({ route, request: { params, queues } }: HookContext): Promise<boolean> {
  if (params.queueStatus !== undefined) return route.includes('/retry/') && params.queueStatus === 'completed';
  if (!route.endsWith('/:jobId/retry')) return false;
  const job = await queues.get(String(params.queueName))?.getJob(String(params.jobId));
  return (await job?.getState()) === 'completed';
}
