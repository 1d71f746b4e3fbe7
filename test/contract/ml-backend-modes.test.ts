import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post } from '../support/http.js';
import { including } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';

const HEAVY = 'Qwen1.5-110B';

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { FULL_VERSION: 'false', AUTOLOAD: 'false', PRELOAD_MODELS: '' } });
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}/ml-backend${path}`;

describe('FULL_VERSION=false', () => {
  it.each(['/model/getravailabletodownload', '/model/getavailabletodownload'])(
    'hides heavy models from %s',
    async (path) => {
      const { body } = await get(url(path));
      expect(body).toEqual(including('starter-chat', 'Llama3-8B'));
      expect(body).not.toContain(HEAVY);
    },
  );

  it('refuses to launch heavy models, by either route', async () => {
    expectError(await post(url('/heavy/model/launch'), { model_name: HEAVY }), 'ml-backend', 403);
    expectError(await post(url('/model/launch'), { model_name: HEAVY }), 'ml-backend', 403);
  });

  it('refuses the heavy route for light models too', async () => {
    expectError(await post(url('/heavy/model/launch'), { model_name: 'starter-chat' }), 'ml-backend', 403);
  });

  it('still says what is heavy', async () => {
    expect((await post(url('/model/ismodelheavy'), { model_name: HEAVY })).body).toEqual({ is_heavy: true });
  });
});

describe('AUTOLOAD=false', () => {
  it('refuses a known model that is not loaded with 409, until it is launched', async () => {
    const question = { model_name: 'starter-chat', prompt: 'Hello!' };
    expect((await get(url('/model/getactive'))).body).toEqual([]);
    expectError(await post(url('/generate/fromtext'), question), 'ml-backend', 409);
    expect((await get(url('/model/getactive'))).body).toEqual([]);

    await post(url('/model/launch'), { model_name: 'starter-chat' });
    expect((await post(url('/generate/fromtext'), question)).text).toBe('Hello! How can I help you today?');
  });

  it('still does not know unknown models', async () => {
    expectError(await post(url('/generate/fromtext'), { model_name: 'no-such-model', prompt: 'a' }), 'ml-backend', 404);
  });
});
