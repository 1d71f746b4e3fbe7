import { describe, expect, it } from 'vitest';
import type { PullRequest } from '../../src/hub/pull-plan.js';
import { checkPullRequest } from '../../src/hub/pull-request-check.js';
import { errorOf } from './support/errors.js';

const GOOD: PullRequest = { name: 'model.gguf', repo: 'user/repo', revision: null, files: ['a/model.gguf'] };

async function faultOf(changes: Partial<PullRequest>): Promise<string | undefined> {
  const error = await errorOf(() => checkPullRequest({ ...GOOD, ...changes }));
  expect(error.code).toBe('invalid_request');
  return error.param;
}

describe('a request to pull', () => {
  it('may have whatever names the hub allows', () => {
    checkPullRequest(GOOD);
    checkPullRequest({ ...GOOD, repo: 'Org_1/Model-7B.v1_GGUF', revision: 'refs/pr/1' });
    checkPullRequest({ ...GOOD, name: 'Llama3-8B', files: ['deep/er/model (1).gguf', '.gitattributes', 'ü.json'] });
  });

  it.each([
    'repo',
    'a/b/c',
    '/repo',
    'user/',
    '../repo',
    'user/..',
    './repo',
    '.downloads/repo',
    'user/.git',
    'user\\repo',
    'user/re po',
    'user/re--po',
    'us..er/repo',
    'user/repo?',
    '',
  ])('may not have the repository "%s"', async (repo) => {
    expect(await faultOf({ repo })).toBe('repo');
  });

  it.each([
    '../model.gguf',
    'a/../../model.gguf',
    'a/..',
    '..',
    '.',
    './model.gguf',
    '.../model.gguf',
    '/etc/passwd',
    'a//b',
    'a/',
    '',
    'a\\b',
    '..\\model.gguf',
    'a\0b',
    'a\nb',
    'model.gguf.manifest.json',
    'other.Manifest.json',
  ])('may not have the file "%s"', async (path) => {
    expect(await faultOf({ files: ['good.gguf', path] })).toBe('files');
  });

  it('needs files, each once', async () => {
    expect(await faultOf({ files: [] })).toBe('files');
    expect(await faultOf({ files: ['a', 'a'] })).toBe('files');
  });

  it.each(['', '..', '../up', '-x', 'a b', 'a?b', 'a#b'])('may not have the revision "%s"', async (revision) => {
    expect(await faultOf({ revision })).toBe('revision');
  });

  it.each(['', '.', '..', '.hidden', 'a/b', 'a\\b', 'a\0', 'x'.repeat(201)])(
    'may not have the name "%s"',
    async (name) => {
      expect(await faultOf({ name })).toBe('name');
    },
  );
});
