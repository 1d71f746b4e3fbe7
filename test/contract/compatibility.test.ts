import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPORT } from '../support/compatibility-entries.js';
import { DialectProver, type OperationProver } from '../support/compatibility-prover.js';
import { expectError } from '../support/error-shapes.js';
import { send } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe.each([...SUPPORT])('%s', (dialect, support) => {
  let prover: DialectProver;

  beforeAll(async () => {
    prover = await DialectProver.at(server.url, dialect, support);
  });

  describe.each(Object.entries(support.operations))('%s', (id, { parameters }) => {
    let operation: OperationProver;

    beforeAll(() => {
      operation = prover.of(id);
    });

    it.each(Object.entries(parameters))('does with %s what the page says', async (name, { proofs }) => {
      expect.hasAssertions();
      await operation.prove(name, proofs);
    });
  });

  it.each(Object.keys(support.missing))('does not have %s', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const answer = await send(`${server.url}/${dialect}${path.replace(/\{\w+\}/, 'some')}`, method);
    expectError(answer, dialect, 404);
  });
});
