import { afterAll, beforeAll, expect, it } from 'vitest';
import { SUPPORT } from '../support/compatibility-entries.js';
import { DialectProver } from '../support/compatibility-prover.js';
import { startServer, type Server } from '../support/server.js';

const ignored = [...SUPPORT].flatMap(([dialect, { operations }]) =>
  Object.entries(operations).flatMap(([id, { parameters }]) =>
    Object.entries(parameters)
      .filter(([, { level, evenWithStrict }]) => level === 'ignored' && evenWithStrict !== true)
      .map(([name, { proofs }]) => ({ dialect, id, name, proofs })),
  ),
);

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { STRICT: 'true', PRELOAD_MODELS: '' } });
});
afterAll(() => server.stop());

it.each(ignored)('$dialect: $id refuses $name with STRICT', async ({ dialect, id, name, proofs }) => {
  expect.hasAssertions();
  const support = SUPPORT.get(dialect);
  if (support === undefined) throw new Error(`${dialect} has no entries`);
  const prover = await DialectProver.at(server.url, dialect, support);
  await prover.of(id).proveUnknown(name, proofs);
});
