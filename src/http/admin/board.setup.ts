import { createBullBoard } from '@bull-board/api';
import type { BoardHooks } from '@bull-board/api/typings/app';
import { getQueueToken } from '@nestjs/bullmq';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ParleyError } from '../../inference/errors.js';
import type { JobQueue } from '../../jobs/core/job-queues.js';
import { JOB_KINDS, KIND_NAMES } from '../../jobs/kinds/kinds.js';
import { KeyRing } from '../auth/key-ring.js';
import { STORE, type AnyStore } from '../../storage/store/store.module.js';
import { holdsKey, isForeign } from './board-access.js';
import { keepToActions } from './board-actions.js';
import { BOARD_PATH } from './board-path.js';
import { boardQueue, shownFlow } from './board-queues.js';
import { BoardServer } from './board-server.js';

/** The page brings its own styles in elements and attributes; nothing else may come from anywhere but here. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Serves bull-board at /admin/queues to who has ADMIN_KEY. The store is opened when somebody looks. */
export async function setupBoard(app: NestFastifyApplication, adminKey: string): Promise<void> {
  const board = boardOf(app);
  const guard = guardWith(new KeyRing([adminKey]));
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.register(
    async (scope) => {
      scope.addHook('onRequest', guard);
      scope.addHook('onError', addRetryAfter);
      scope.setNotFoundHandler((_, reply) => reply.status(404).send({ detail: 'There is no such page.' }));
      await scope.register(board.registerPlugin());
    },
    { prefix: BOARD_PATH },
  );
}

function boardOf(app: NestFastifyApplication): BoardServer {
  const store = app.get<AnyStore>(STORE);
  const server = new BoardServer(store);
  server.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: KIND_NAMES.map((kind) =>
      boardQueue(kind, app.get<JobQueue>(getQueueToken(JOB_KINDS[kind].queue), { strict: false })),
    ),
    serverAdapter: server,
    options: {
      // Who works is read off Redis' list of connections; PostgreSQL has one pool for all of a process.
      uiConfig: { boardTitle: 'Parley: jobs', hideDocsLink: true, showWorkers: store.speaks === 'redis' },
      handlerHooks: { before: keepToActions, after: hideInFlows },
    },
  });
  return server;
}

const hideInFlows: NonNullable<BoardHooks['after']> = ({ route }, result) => {
  if (!route.endsWith('/flow')) return result;
  const { flowRoot, ...rest } = result.body as { flowRoot?: Parameters<typeof shownFlow>[0] | null };
  return { ...result, body: { ...rest, flowRoot: flowRoot == null ? null : shownFlow(flowRoot) } };
};

function guardWith(keys: KeyRing): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  return async (request, reply) => {
    reply.headers(HEADERS);
    if (!holdsKey(request, keys)) {
      reply.header('www-authenticate', 'Basic realm="Parley: jobs", charset="UTF-8"');
      return reply.status(401).send({ detail: 'The board needs ADMIN_KEY, as a password or as a bearer token.' });
    }
    if (isForeign(request)) return reply.status(403).send({ detail: 'Another site may not use the board.' });
    return undefined;
  };
}

function addRetryAfter(_: FastifyRequest, reply: FastifyReply, error: Error, done: () => void): void {
  if (error instanceof ParleyError && error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(error.retryAfterSeconds));
  }
  done();
}
