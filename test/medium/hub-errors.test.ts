import { describe, expect, it } from 'vitest';
import type { ErrorCode, ParleyError } from '../../src/inference/errors.js';
import { GGUF, hubWorld, install, REPO, someBytes, type HubWorld } from '../support/hub-world.js';
import { errorOf } from './support/errors.js';

const TOKEN = 'secret-of-the-hub';
const CONTENT = someBytes(100_000);

function world(): Promise<HubWorld> {
  return hubWorld({ [REPO]: { 'model.gguf': CONTENT, 'config.json': Buffer.from('{}') } }, { token: TOKEN });
}

/** Code, message with the words that it must have, and that it keeps the token to itself. */
function expectError(error: ParleyError, code: ErrorCode, ...words: string[]): void {
  expect(error.code).toBe(code);
  for (const word of words) expect(error.message).toContain(word);
  const all = JSON.stringify([error, error.message, error.stack, String(error.cause)]);
  expect(all).not.toContain(TOKEN);
  expect(error.message).not.toMatch(/undici|huggingface\/hub|ENOENT|\/tmp\//);
}

describe('what a client is told', () => {
  it('when the repository does not exist, and nobody can tell whether it is private', async () => {
    const of = await world();
    const error = await errorOf(install(of.installer(), { repo: 'user/typo' }));
    const { host } = new URL(of.hub.url);
    expectError(error, 'model_not_found', '"user/typo"', host, 'check the spelling', 'private', 'HF_TOKEN');
  });

  it('when the repository does not exist for the owner of the token', async () => {
    const of = await world();
    const error = await errorOf(install(of.installer({ token: TOKEN }), { repo: 'user/typo' }));
    expectError(error, 'model_not_found', '"user/typo"', 'check the spelling');
  });

  it('when the repository has no such file', async () => {
    const of = await world();
    const error = await errorOf(install(of.installer(), { files: ['modle.gguf'] }));
    expectError(error, 'model_not_found', '"modle.gguf"', `"${REPO}"`, 'check the spelling');
  });

  it('when the repository has no such revision', async () => {
    const of = await world();
    const error = await errorOf(install(of.installer(), { revision: 'v9' }));
    expectError(error, 'model_not_found', '"v9"', 'revision');
  });

  it('when the repository is gated and there is no token', async () => {
    const of = await world();
    of.hub.restrict(REPO, { gated: true });
    const error = await errorOf(install(of.installer()));
    expectError(error, 'forbidden', 'accept its licence at', `${of.hub.url}/${REPO}`, 'set HF_TOKEN');
  });

  it('when the repository is gated for the owner of the token', async () => {
    const of = await world();
    of.hub.restrict(REPO, { gated: true });
    const error = await errorOf(install(of.installer({ token: TOKEN })));
    expectError(error, 'forbidden', 'accept its licence at', 'account of HF_TOKEN');
  });

  it('when the token is wrong', async () => {
    const of = await world();
    const error = await errorOf(install(of.installer({ token: 'hf_other' })));
    expectError(error, 'forbidden', 'HF_TOKEN', 'wrong or has expired');
    expect(error.message).not.toContain('hf_other');
  });

  it('when the hub is gone', async () => {
    const of = await world();
    const installer = of.installer();
    await of.hub.stop();
    const error = await errorOf(install(installer));
    expectError(error, 'overloaded', 'could not be reached', 'refused');
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
  });

  it('when the hub stays in trouble', async () => {
    const of = await world();
    of.hub.faultApi({ status: 503 });
    const error = await errorOf(install(of.installer()));
    expectError(error, 'overloaded', '503', 'try again later');
    expect(of.hub.requests).toHaveLength(6);
  });

  it('when the files lie on a private host that is not allowed', async () => {
    const of = await world();
    const error = await errorOf(install(of.installer({ allow: [], hostname: 'localhost' })));
    expectError(error, 'forbidden', 'EGRESS_ALLOW', 'HF_ENDPOINT', '127.0.0.1');
    expect(of.hub.authorizationsAt('cdn')).toEqual([]);
  });

  it('when it is no hub that answers', async () => {
    const of = await world();
    of.hub.faultApi({ status: 405 });
    expectError(await errorOf(install(of.installer())), 'internal', 'HF_ENDPOINT');
  });
});

describe('the token', () => {
  it('goes to the hub alone: not to where it redirects', async () => {
    const of = await world();
    of.hub.restrict(REPO, { private: true });
    await install(of.installer({ token: TOKEN }), { name: 'both', files: ['model.gguf', 'config.json'] });
    expect(new Set(of.hub.authorizationsAt('hub'))).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(of.hub.authorizationsAt('cdn')).toEqual([null]);
  });

  it('goes with no redirect, not even on the host of the hub', async () => {
    const of = await world();
    await of.hub.commit('user/new', { 'model.gguf': CONTENT });
    of.hub.rename(REPO, 'user/new');
    await install(of.installer({ token: TOKEN }));
    const redirected = of.hub.requests.filter(({ server, path }) => server === 'hub' && path.includes('user/new'));
    expect(redirected.map(({ authorization }) => authorization)).toEqual([null, null, null]);
    expect(of.hub.transfersOf('user/new/model.gguf')).toHaveLength(1);
  });

  it('is not sent at all where there is none', async () => {
    const of = await world();
    await install(of.installer());
    expect(new Set(of.hub.authorizationsAt('hub'))).toEqual(new Set([null]));
    expect(of.hub.transfersOf(GGUF)).toHaveLength(1);
  });
});
